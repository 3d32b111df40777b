namespace CredBroker.Core.Tasks;

/// <summary>Why a task ended. Stored as a number.</summary>
public enum EndCause
{
    /// <summary>Its workload said that the work is done.</summary>
    Completed = 1,

    /// <summary>Its workload said that the work cannot be done.</summary>
    Failed = 2,

    /// <summary>Its workload said that the work is not wanted any more.</summary>
    Cancelled = 3,

    /// <summary>It reached its deadline.</summary>
    Deadline = 4,

    /// <summary>A heartbeat that was promised did not come.</summary>
    HeartbeatLost = 5,

    /// <summary>An administrator revoked it.</summary>
    Revoked = 6,

    /// <summary>A task above it ended.</summary>
    AncestorEnded = 7,
}
