namespace CredBroker.Core.Tasks;

/// <summary>The contract's limits on tasks, whatever a catalog says.</summary>
public static class TaskLimits
{
    /// <summary>Longest intent, prompt fragment or summary, in bytes of UTF-8.</summary>
    public const int MaxTextBytes = 4096;

    /// <summary>Longest initiator, in bytes of UTF-8.</summary>
    public const int MaxInitiatorBytes = 256;

    /// <summary>Shortest life of a task.</summary>
    public static readonly TimeSpan MinTimeToLive = TimeSpan.FromSeconds(1);

    /// <summary>Longest life of a task.</summary>
    public static readonly TimeSpan MaxTimeToLive = TimeSpan.FromHours(24);

    /// <summary>Shortest time between heartbeats.</summary>
    public static readonly TimeSpan MinHeartbeatInterval = TimeSpan.FromSeconds(1);

    /// <summary>Longest time between heartbeats.</summary>
    public static readonly TimeSpan MaxHeartbeatInterval = TimeSpan.FromHours(1);
}
