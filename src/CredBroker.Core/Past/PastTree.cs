using System.Collections.Immutable;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;

namespace CredBroker.Core.Past;

/// <summary>
/// A tree of tasks as it was at one moment of the record, moved on entry by entry. What it was granted is kept twice: by the catalogs of
/// then, which the record is checked against, and by the candidate's, for a catalog that calls the same action confidential gives another
/// history.
/// </summary>
internal sealed class PastTree(PastTask root)
{
    // A decision may come after one that moved what it saw: so many steps back it is still judged by what it saw.
    private const int StepsBack = 256;

    private readonly Dictionary<TaskId, Branch> _branches = new() { [root.Id] = new(root) };
    private readonly Dictionary<int, Histories> _before = [];

    private Histories _now = new(TreeHistory.None, TreeHistory.None);

    /// <summary>When it ends at the latest, with all that is below it.</summary>
    internal DateTimeOffset Deadline => root.Deadline;

    /// <summary>The version of its history: what is decided on a later one has to wait for what moved it.</summary>
    internal int Version { get; private set; }

    /// <summary>False when something that moved its history is not on record.</summary>
    internal bool IsWhole { get; private set; } = true;

    /// <summary>Its tasks.</summary>
    internal IEnumerable<TaskId> Tasks => _branches.Keys;

    /// <summary>Takes over a version although what moved it was not seen.</summary>
    internal void SkipTo(int version) => (Version, IsWhole) = (version, false);

    /// <summary>A token was minted.</summary>
    /// <param name="mint">The decision.</param>
    /// <param name="then">The action as the catalog of then had it; null: that is not known.</param>
    /// <param name="under">As the candidate has it; null: it has no such action.</param>
    /// <param name="wasSerial">Whether the policies of then read counts.</param>
    internal void Grant(PastDecision.Mint mint, ActionRule? then, ActionRule? under, bool wasSerial)
    {
        if (mint.Task is { } task) _branches[task].Issued++;
        if (!mint.Adds.IsEmpty || wasSerial) Move(mint.HistoryVersion);
        if ((then ?? under) is not { } rule)
        {
            IsWhole = false;
            return;
        }

        _now = new(_now.Then.With(rule, mint.Adds), under is null ? _now.Under.With(rule, mint.Adds) : _now.Under.With(under));
    }

    /// <summary>A part of a task was given away.</summary>
    internal void Delegate(PastTask child, int? version)
    {
        _branches[child.Above[^1]].Budget -= child.Budget;
        _branches[child.Id] = new(child);
        Move(version);
    }

    /// <summary>The tasks from the root to a task, and it.</summary>
    internal ImmutableArray<TaskId> Line(TaskId task) => [.. _branches[task].Task.Above, task];

    /// <summary>
    /// The facts that a decision was to be made on. Where the record says what the policies looked at, that is so; but where the candidate
    /// gives another history, the record is of a world that it would not have made.
    /// </summary>
    internal TaskFacts FactsFor(PastDecision past, TaskId id)
    {
        var branch = _branches[id];
        var (task, inputs) = (branch.Task, past.Inputs);
        var issued = inputs.Issued ?? branch.Issued;
        var seen = past.HistoryVersion is { } version && _before.TryGetValue(version, out var before) ? before : _now;
        return new()
        {
            Id = id, Root = root.Id, Workload = task.Workload, Above = [.. task.Above.Select(above => _branches[above].Task.Workload)],
            Initiator = inputs.Initiator ?? task.Initiator, Intent = inputs.Intent ?? task.Intent,
            CreatedAt = inputs.Age is { } age ? past.At - age : task.CreatedAt,
            // What the rules found against the task itself is settled: here it was live, and had something left.
            State = TaskState.Active, Deadline = task.Deadline, HeartbeatDue = null, Envelope = task.Envelope, Spent = issued,
            Budget = Math.Max(inputs.RemainingBudget is { } left ? issued + left : branch.Budget, issued + Needs(past)),
            History = LabelsFor(seen, inputs), Granted = GrantedFor(seen, inputs), HistoryVersion = past.HistoryVersion ?? Version,
        };
    }

    private void Move(int? from)
    {
        _before[Version] = _now;
        _before.Remove(Version - StepsBack);
        Version = Math.Max(Version, (from ?? Version) + 1);
    }

    private static int Needs(PastDecision past) => past is PastDecision.Mint ? 1 : 0;

    private static ImmutableArray<string> LabelsFor(Histories seen, PastInputs inputs)
    {
        var egress = Pick(seen.Then.Labels.Contains(HistoryLabels.Egress), seen.Under.Labels.Contains(HistoryLabels.Egress), inputs.Egress);
        return
        [
            .. Pick(seen, HistoryLabels.DataPrefix, inputs.Data).Select(name => HistoryLabels.DataPrefix + name),
            .. Pick(seen, HistoryLabels.ToolPrefix, inputs.Tools).Select(name => HistoryLabels.ToolPrefix + name),
            .. egress ? [HistoryLabels.Egress] : Array.Empty<string>(),
        ];
    }

    private static ImmutableArray<string> Pick(Histories seen, string prefix, ImmutableArray<string>? recorded)
    {
        var (then, under) = (seen.Then.Behind(prefix), seen.Under.Behind(prefix));
        return then.SequenceEqual(under, StringComparer.Ordinal) ? recorded ?? then : under;
    }

    private static GrantCounts GrantedFor(Histories seen, PastInputs inputs)
    {
        var (then, under) = (seen.Then.Granted, seen.Under.Granted);
        var byTool = under.ByTool;
        foreach (var (tool, count) in inputs.ByTool)
            if (then.Of(tool) == under.Of(tool)) byTool = byTool.SetItem(tool, count);
        return new(
            Pick(then.Reads, under.Reads, inputs.Reads), Pick(then.Writes, under.Writes, inputs.Writes),
            Pick(then.Privileged, under.Privileged, inputs.Privileged), byTool);
    }

    private static T Pick<T>(T then, T under, T? recorded)
        where T : struct, IEquatable<T> => then.Equals(under) ? recorded ?? then : under;

    /// <summary>What the tree was granted, as the catalogs of then called it, and as the candidate does.</summary>
    private readonly record struct Histories(TreeHistory Then, TreeHistory Under);

    private sealed class Branch(PastTask task)
    {
        internal PastTask Task => task;

        internal int Budget { get; set; } = task.Budget;

        internal int Issued { get; set; }
    }
}
