namespace CredBroker.Core.Tasks;

/// <summary>What can happen to a task.</summary>
public enum TaskEvent
{
    /// <summary>The workload that it was delegated to takes it.</summary>
    Accept = 1,

    /// <summary>Its workload says that it is still worked on.</summary>
    Heartbeat = 2,

    /// <summary>A token is asked for under it.</summary>
    Mint = 3,

    /// <summary>Its workload says that the work is done.</summary>
    Complete = 4,

    /// <summary>Its workload says that the work cannot be done.</summary>
    Fail = 5,

    /// <summary>Its workload, or its parent's, does not want it any more.</summary>
    Cancel = 6,

    /// <summary>The deadline has come.</summary>
    PassDeadline = 7,

    /// <summary>The promised heartbeat has not come.</summary>
    LoseHeartbeat = 8,

    /// <summary>An administrator revokes it.</summary>
    Revoke = 9,

    /// <summary>A task above it ended.</summary>
    EndAncestor = 10,

    /// <summary>Its workload gives a part of it to another.</summary>
    Delegate = 11,

    /// <summary>A token that was minted under it is used.</summary>
    Use = 12,
}
