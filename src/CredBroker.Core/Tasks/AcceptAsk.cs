using CredBroker.Core.Identity;

namespace CredBroker.Core.Tasks;

/// <summary>What a workload asks for when it takes a task that was delegated to it.</summary>
public sealed record AcceptAsk
{
    /// <summary>The task.</summary>
    public required TaskId Task { get; init; }

    /// <summary>The id that the decision is recorded under.</summary>
    public required DecisionId Decision { get; init; }

    /// <summary>Who asks.</summary>
    public required SpiffeId Workload { get; init; }

    /// <summary>1 second to 1 hour; null: no heartbeats are promised.</summary>
    public TimeSpan? HeartbeatInterval { get; init; }
}

/// <summary>What the catalog and the database say that matters to accepting a task.</summary>
/// <param name="Task">The task; null: there is none.</param>
/// <param name="LiveTasks">How many live tasks the workload has, those that wait not counted.</param>
/// <param name="MaxLiveTasks">How many it may have; null: the catalog has no such workload.</param>
public sealed record AcceptFacts(TaskFacts? Task, int LiveTasks, int? MaxLiveTasks);
