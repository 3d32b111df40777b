namespace CredBroker.Server.Hosting;

/// <summary>The private PostgreSQL cluster cannot run on this machine as it is; the hint says what to do about it.</summary>
internal sealed class EmbeddedPostgresException(string message, string hint, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What the operator can do: a command to run, or a setting to change.</summary>
    public string Hint { get; } = hint;
}
