using CredBroker.Core.Catalog;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Past;

/// <summary>
/// Puts the decisions on record to another catalog, one entry after the other. Trees of tasks are followed from their beginning, so that each
/// decision is made on what its tree had been granted by then: of what really was granted, for nobody knows what an agent would have done
/// after another answer. Not thread-safe.
/// </summary>
/// <remarks>
/// Entries may come out of order: clocks of replicas differ, and of two transactions the later may be the first to commit. Decisions name
/// the version of the history that they saw, and all that moves it is on record, so an entry that is ahead waits for what it saw; and one
/// whose task has not begun yet waits for that. What has not come after <see cref="Patience"/> of the record's own time is not there.
/// </remarks>
public sealed class Replaying(CatalogSnapshot candidate)
{
    /// <summary>Well above the differences between clocks, and the longest that a commit takes.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const string NotBegun = "the beginning of its tree of tasks";

    private readonly Dictionary<TaskId, PastTree> _trees = [];
    private readonly PriorityQueue<PastTree, DateTimeOffset> _ends = new();
    private readonly Dictionary<int, PastCatalog?> _catalogs = [];
    private readonly WaitingEntries _waiting = new();
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    /// <summary>Trees that are being followed, and entries that wait: what memory grows with.</summary>
    public int Held => _trees.Count + _waiting.Count;

    /// <summary>True when nothing waits for an entry that has not come yet.</summary>
    public bool IsSettled => _waiting.Count == 0;

    /// <summary>True when a catalog of then need not be looked up: it is known, or the entry does not need it.</summary>
    public bool Knows(PastEntry entry) => VersionOf(entry) is not { } version || _catalogs.ContainsKey(version);

    /// <summary>The catalog of then that an entry needs; null: none.</summary>
    public static int? VersionOf(PastEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.Decision is PastDecision.Mint { Was.Outcome: DecisionOutcome.Allowed, CatalogVersion: { } version } ? version : null;
    }

    /// <summary>Tells what was in force then; null: that is not to be had.</summary>
    public void Learn(int version, BrokerCatalog? catalog) => _catalogs[version] = catalog is null ? null : PastCatalog.Of(catalog);

    /// <summary>The next entry of the record.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="judge">False: it is only followed, because it is from before what is asked about.</param>
    /// <param name="tell">Is told what comes of each decision: of this one, or of those that waited for it.</param>
    public void Feed(PastEntry entry, bool judge, Action<Replayed> tell)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(tell);
        Take(new(entry, judge), tell);
        Reach(entry.At, tell);
    }

    /// <summary>The record's time has come to a moment: what has waited too long waits no more, and trees that are over are forgotten.</summary>
    public void Reach(DateTimeOffset now, Action<Replayed> tell)
    {
        ArgumentNullException.ThrowIfNull(tell);
        if (now <= _now) return;
        _now = now;
        foreach (var late in _waiting.OlderThan(_now - Patience)) GiveUp(late, tell);
        while (_ends.TryPeek(out var tree, out var end) && end < _now - Patience) Forget(tree);
    }

    /// <summary>Nothing comes any more: what still waits is not on record.</summary>
    public void Finish(Action<Replayed> tell)
    {
        ArgumentNullException.ThrowIfNull(tell);
        foreach (var late in _waiting.OlderThan(DateTimeOffset.MaxValue)) GiveUp(late, tell);
    }

    private void Take(WaitingEntry item, Action<Replayed> tell)
    {
        if (item.Entry is { Decision: null, Begins: { } root })
        {
            Begin(root, new(root), tell);
            _ends.Enqueue(_trees[root.Id], root.Deadline);
        }
        else if (item.Entry.Decision is { } past && Worlds.Decide(candidate, past) is { } told)
        {
            if (item.Judge) tell(told);
        }
        else if (item.Entry.Decision is { Task: { } task } decision)
        {
            if (!_trees.TryGetValue(task, out var tree)) _waiting.ForTask(task, item);
            else if (decision.HistoryVersion > tree.Version) _waiting.ForVersion(tree, item);
            else Decide(item, decision, tree, task, tell);
        }
    }

    private void Decide(WaitingEntry item, PastDecision past, PastTree tree, TaskId task, Action<Replayed> tell)
    {
        if (item.Judge) tell(Worlds.Decide(candidate, past, tree, task));
        if (past.Was.Outcome != DecisionOutcome.Allowed) return;
        var version = tree.Version;
        if (past is PastDecision.Mint mint) Grant(tree, mint);
        if (item.Entry.Begins is { } child)
        {
            tree.Delegate(child, past.HistoryVersion);
            Begin(child, tree, tell);
        }

        if (tree.Version == version) return;
        foreach (var next in _waiting.Released(tree)) Take(next, tell);
    }

    private void Grant(PastTree tree, PastDecision.Mint mint)
    {
        var then = mint.CatalogVersion is { } version ? _catalogs.GetValueOrDefault(version) : null;
        var under = candidate.Catalog.FindAction(mint.Capability.Tool, mint.Capability.Action).Rule;
        tree.Grant(mint, then?.RuleOf(mint.Capability), under, then?.ReadCounts == true);
    }

    private void Begin(PastTask task, PastTree tree, Action<Replayed> tell)
    {
        _trees[task.Id] = tree;
        foreach (var next in _waiting.Released(task.Id)) Take(next, tell);
    }

    private void GiveUp(WaitingEntry late, Action<Replayed> tell)
    {
        if (late.Tree is { } tree && late.Entry.Decision is { Task: { } task, HistoryVersion: { } version } past)
        {
            if (version > tree.Version) tree.SkipTo(version);
            Decide(late, past, tree, task, tell);
        }
        else if (late.Judge)
        {
            tell(new Replayed.Untold(NotBegun));
        }
    }

    private void Forget(PastTree tree)
    {
        _ends.Dequeue();
        foreach (var task in tree.Tasks) _trees.Remove(task);
    }
}
