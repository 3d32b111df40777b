namespace CredBroker.Core.Tasks;

/// <summary>Where a task is in its life. Stored as a number. There is no way back from <see cref="Ended"/>.</summary>
public enum TaskState
{
    /// <summary>Waits for the workload that it was delegated to; nothing can be minted under it.</summary>
    Waiting = 0,

    /// <summary>May mint; what was minted under it is valid.</summary>
    Active = 1,

    /// <summary>Over, and everything that was minted under it with it.</summary>
    Ended = 2,
}
