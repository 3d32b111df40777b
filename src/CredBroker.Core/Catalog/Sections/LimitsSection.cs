using CredBroker.Core.Tasks;

namespace CredBroker.Core.Catalog.Sections;

/// <summary><c>limits</c>, of the broker or of one workload.</summary>
internal static class LimitsSection
{
    internal static WorkloadLimits Read(Field? section, WorkloadLimits defaults)
    {
        var keys = section?.Fields("live_tasks", "calls_per_second", "max_time_to_live", "max_budget", "children");
        return new(
            (int?)keys?.May("live_tasks")?.Integer(1, 100_000) ?? defaults.LiveTasks,
            (int?)keys?.May("calls_per_second")?.Integer(1, 100_000) ?? defaults.CallsPerSecond,
            keys?.May("max_time_to_live")?.Duration(TaskLimits.MinTimeToLive, TaskLimits.MaxTimeToLive) ?? defaults.MaxTimeToLive,
            (int?)keys?.May("max_budget")?.Integer(1, 1_000_000) ?? defaults.MaxBudget,
            (int?)keys?.May("children")?.Integer(0, 1_000) ?? defaults.Children);
    }
}
