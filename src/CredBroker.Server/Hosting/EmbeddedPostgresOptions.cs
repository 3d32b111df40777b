namespace CredBroker.Server.Hosting;

/// <summary>Where a private PostgreSQL cluster lives and how careful it is.</summary>
internal sealed class EmbeddedPostgresOptions
{
    /// <summary>
    /// The folder that holds the cluster: made when absent, kept on stop, used by one broker at a time. Its path must leave
    /// room for the Unix socket (107 bytes in all, unix(7)) and every parent must be searchable by the account that runs it.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary>
    /// True (default): a commit survives power loss. False, for tests: <c>fsync=off</c>; a commit still survives the death of
    /// any process, because <c>synchronous_commit</c> stays on, but not that of the machine.
    /// </summary>
    public bool Durable { get; init; } = true;

    /// <summary>The folder of the PostgreSQL programs; null: the newest that is installed and can read the cluster.</summary>
    public string? Binaries { get; init; }

    /// <summary>Settings on top of ours, by name as in postgresql.conf.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>How long a start may take, recovery after a crash included.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a fast stop may take before PostgreSQL is told to stop at once and recover on the next start.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
