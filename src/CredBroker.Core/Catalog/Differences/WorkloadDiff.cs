using System.Globalization;

namespace CredBroker.Core.Catalog.Differences;

/// <summary>Differences of one workload.</summary>
internal static class WorkloadDiff
{
    internal static string Describe(Workload workload) => string.Create(CultureInfo.InvariantCulture,
        $"\"{workload.Name}\", owner {workload.Owner}, class {workload.Class}, "
        + $"allows {workload.Allow.Capabilities.Length}, serves {workload.Serves.Count}");

    internal static void Add(DifferenceList found, string label, Workload old, Workload @new)
    {
        found.Value(label, "name", old.Name.ToString(), @new.Name.ToString());
        found.Value(label, "owner", old.Owner, @new.Owner);
        found.Value(label, "class", old.Class.ToString(), @new.Class.ToString());
        found.Members(label, "can be attested by", "can no longer be attested by",
            old.Attest.Select(s => s.ToString()), @new.Attest.Select(s => s.ToString()));
        AllowDiff.Add(found, label, old.Allow, @new.Allow);
        found.Members(label, "serves", "no longer serves", old.Serves, @new.Serves);
        found.Ceiling(label, "live_tasks", old.Limits.LiveTasks, @new.Limits.LiveTasks);
        found.Ceiling(label, "calls_per_second", old.Limits.CallsPerSecond, @new.Limits.CallsPerSecond);
        found.Ceiling(label, "max_time_to_live", old.Limits.MaxTimeToLive, @new.Limits.MaxTimeToLive);
        found.Ceiling(label, "max_budget", old.Limits.MaxBudget, @new.Limits.MaxBudget);
        found.Ceiling(label, "children", old.Limits.Children, @new.Limits.Children);
    }
}
