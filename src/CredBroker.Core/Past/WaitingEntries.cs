using CredBroker.Core.Tasks;

namespace CredBroker.Core.Past;

/// <summary>An entry on its way.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Judge">Whether what comes of it is asked for.</param>
internal sealed record WaitingEntry(PastEntry Entry, bool Judge)
{
    /// <summary>The tree whose version it waits for; null: it waits for its task.</summary>
    internal PastTree? Tree { get; set; }

    /// <summary>False: it was released.</summary>
    internal bool Waits { get; set; }
}

/// <summary>Entries that came before what they rest on.</summary>
internal sealed class WaitingEntries
{
    private readonly Queue<WaitingEntry> _all = new();
    private readonly Dictionary<TaskId, List<WaitingEntry>> _byTask = [];
    private readonly Dictionary<PastTree, List<WaitingEntry>> _byTree = [];

    /// <summary>How many.</summary>
    internal int Count { get; private set; }

    /// <summary>Until the task begins.</summary>
    internal void ForTask(TaskId task, WaitingEntry item)
    {
        if (!_byTask.TryGetValue(task, out var waiting)) _byTask.Add(task, waiting = []);
        Add(waiting, item);
    }

    /// <summary>Until the tree's history has come to what the entry saw.</summary>
    internal void ForVersion(PastTree tree, WaitingEntry item)
    {
        item.Tree = tree;
        if (!_byTree.TryGetValue(tree, out var waiting)) _byTree.Add(tree, waiting = []);
        Add(waiting, item);
    }

    /// <summary>Those that waited for a task, which waits no more.</summary>
    internal IReadOnlyList<WaitingEntry> Released(TaskId task) => _byTask.Remove(task, out var waiting) ? Release(waiting) : [];

    /// <summary>Those that waited for a version that the tree has come to, in the order of the versions.</summary>
    internal IReadOnlyList<WaitingEntry> Released(PastTree tree)
    {
        if (!_byTree.TryGetValue(tree, out var waiting)) return [];
        var due = waiting.Where(item => item.Entry.Decision?.HistoryVersion <= tree.Version).ToList();
        waiting.RemoveAll(due.Contains);
        if (waiting.Count == 0) _byTree.Remove(tree);
        return Release([.. due.OrderBy(item => item.Entry.Decision?.HistoryVersion)]);
    }

    /// <summary>Those that have waited since before a moment, one by one: what comes of one may release the next.</summary>
    internal IEnumerable<WaitingEntry> OlderThan(DateTimeOffset moment)
    {
        while (_all.TryPeek(out var oldest) && (!oldest.Waits || oldest.Entry.At < moment))
        {
            _all.Dequeue();
            if (!oldest.Waits) continue;
            Forget(oldest);
            Release([oldest]);
            yield return oldest;
        }
    }

    private void Add(List<WaitingEntry> waiting, WaitingEntry item)
    {
        waiting.Add(item);
        if (item.Waits) return;
        item.Waits = true;
        Count++;
        _all.Enqueue(item);
    }

    private IReadOnlyList<WaitingEntry> Release(IReadOnlyList<WaitingEntry> items)
    {
        foreach (var item in items)
        {
            item.Waits = false;
            Count--;
        }

        return items;
    }

    private void Forget(WaitingEntry item)
    {
        if (item.Tree is { } tree)
        {
            if (_byTree.TryGetValue(tree, out var waiting) && waiting.Remove(item) && waiting.Count == 0) _byTree.Remove(tree);
        }
        else if (item.Entry.Decision?.Task is { } task && _byTask.TryGetValue(task, out var waiting) && waiting.Remove(item) && waiting.Count == 0)
        {
            _byTask.Remove(task);
        }
    }
}
