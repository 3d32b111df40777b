namespace CredBroker.Server;

/// <summary>The broker cannot start as it is configured. Said to the person who starts it, with what to do about it.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="hint">What to do.</param>
public sealed class StartException(string message, string hint) : Exception(message)
{
    /// <summary>What to do.</summary>
    public string Hint { get; } = hint;
}
