using System.Collections.Immutable;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;

namespace CredBroker.Tests.Past;

/// <summary>What the tables have of a tree of tasks; and what they would have, had another catalog named what was granted.</summary>
internal sealed class LivingTree(CatalogSnapshot candidate)
{
    private ImmutableArray<string> _labels = [];
    private ImmutableArray<string> _labelsUnder = [];
    private GrantCounts _granted = GrantCounts.None;
    private GrantCounts _grantedUnder = GrantCounts.None;

    public List<LivingTask> Tasks { get; } = [];

    public int Version { get; private set; }

    public TaskFacts FactsOf(LivingTask task, bool under) => task.Born with
    {
        Spent = task.Spent, Budget = task.Budget, History = under ? _labelsUnder : _labels, Granted = under ? _grantedUnder : _granted, HistoryVersion = Version,
    };

    public void Grant(LivingTask task, ApprovedGrant grant, ActionRule rule)
    {
        task.Spent++;
        _labels = [.. _labels, .. grant.Adds];
        _granted = With(_granted, rule);
        var named = candidate.Catalog.FindAction(rule.Tool, rule.Action).Rule ?? rule;
        _labelsUnder = [.. _labelsUnder, .. HistoryLabels.AddedBy(named, _labelsUnder)];
        _grantedUnder = With(_grantedUnder, named);
        if (grant.IsSerial || !grant.Adds.IsEmpty) Version++;
    }

    public LivingTask Delegate(LivingTask parent, ApprovedTask child)
    {
        parent.Budget -= child.Budget;
        Version++;
        var born = parent.Born with
        {
            Id = child.Id, Workload = child.Workload, Above = [.. parent.Born.Above, parent.Born.Workload], Intent = child.Intent, CreatedAt = child.CreatedAt,
            Deadline = child.Deadline, Envelope = child.Envelope,
        };
        var task = new LivingTask(born, [.. parent.Line]) { Budget = child.Budget };
        Tasks.Add(task);
        return task;
    }

    private static GrantCounts With(GrantCounts counts, ActionRule rule) => new(
        counts.Reads + (rule.Risk == RiskClass.Read ? 1 : 0), counts.Writes + (rule.Risk == RiskClass.Write ? 1 : 0),
        counts.Privileged + (rule.Risk == RiskClass.Privileged ? 1 : 0), counts.ByTool.SetItem(rule.Tool.ToString(), counts.Of(rule.Tool.ToString()) + 1));
}

/// <summary>A task of a tree.</summary>
/// <param name="born">As it began.</param>
/// <param name="above">The tasks above it.</param>
internal sealed class LivingTask(TaskFacts born, ImmutableArray<TaskId> above)
{
    public TaskFacts Born => born;

    /// <summary>The tasks above it, and it.</summary>
    public ImmutableArray<TaskId> Line => [.. above, born.Id];

    public int Budget { get; set; } = born.Budget;

    public int Spent { get; set; }
}
