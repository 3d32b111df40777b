namespace CredBroker.Core.Catalog;

/// <summary>Ceilings of one workload's tasks and calls.</summary>
/// <param name="LiveTasks">Most tasks alive at once: 1 to 100,000.</param>
/// <param name="CallsPerSecond">Most calls to the broker a second, sustained: 1 to 100,000.</param>
/// <param name="MaxTimeToLive">Longest task: 1 second to 24 hours.</param>
/// <param name="MaxBudget">Most tokens that one task may be given: 1 to 1,000,000.</param>
/// <param name="Children">Most live tasks that one task may have delegated: 0 to 1,000; 0: it may not delegate.</param>
public sealed record WorkloadLimits(int LiveTasks, int CallsPerSecond, TimeSpan MaxTimeToLive, int MaxBudget, int Children)
{
    /// <summary>1,000 live tasks, 100 calls a second, 1 hour, 1,000 tokens and 16 live children to a task.</summary>
    public static WorkloadLimits Default { get; } = new(1_000, 100, TimeSpan.FromHours(1), 1_000, 16);
}
