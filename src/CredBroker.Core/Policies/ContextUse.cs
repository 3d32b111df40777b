using System.Collections.Immutable;

namespace CredBroker.Core.Policies;

/// <summary>
/// Which parts of the context the policies of a catalog can look at, together. The others are not made: what nobody reads decides
/// nothing, costs nothing, and is not among the inputs on record. What is read rests on what the commit protects (decision 16).
/// </summary>
internal sealed class ContextUse
{
    private readonly IReadOnlyCollection<ContextRead> _reads;

    internal ContextUse(IReadOnlyCollection<ContextRead> reads, IEnumerable<string> tools)
    {
        _reads = reads;
        Phase = Has("phase");
        Path = Has("path");
        Now = Has("now");
        Approved = Has("approved");
        Parameters = Has("parameters");
        Task = Has("task");
        Intent = Has("task", "intent");
        Initiator = Has("task", "initiator");
        Depth = Has("task", "depth");
        Age = Has("task", "age");
        Issued = Has("task", "issued");
        RemainingBudget = Has("task", "remaining_budget");
        History = Has("task", "history");
        Data = Has("task", "history", "data");
        Tools = Has("task", "history", "tools");
        Egress = Has("task", "history", "egress");
        Reads = Has("task", "history", "reads");
        Writes = Has("task", "history", "writes");
        Privileged = Has("task", "history", "privileged");
        ByTool = Has("task", "history", "by_tool");
        CountedTools = [.. tools.Where(tool => Has("task", "history", "by_tool", tool)).Order(StringComparer.Ordinal)];
    }

    internal bool Phase { get; }

    internal bool Path { get; }

    internal bool Now { get; }

    internal bool Approved { get; }

    internal bool Parameters { get; }

    internal bool Task { get; }

    internal bool Intent { get; }

    internal bool Initiator { get; }

    internal bool Depth { get; }

    internal bool Age { get; }

    internal bool Issued { get; }

    internal bool RemainingBudget { get; }

    internal bool History { get; }

    internal bool Data { get; }

    internal bool Tools { get; }

    internal bool Egress { get; }

    internal bool Reads { get; }

    internal bool Writes { get; }

    internal bool Privileged { get; }

    internal bool ByTool { get; }

    /// <summary>The tools whose counts are looked at.</summary>
    internal ImmutableArray<string> CountedTools { get; }

    /// <summary>True when something is looked at that every single grant of the tree changes.</summary>
    internal bool Counts => Issued || RemainingBudget || Reads || Writes || Privileged || ByTool;

    private bool Has(params ReadOnlySpan<string> path)
    {
        foreach (var read in _reads)
            if (read.Touches(path)) return true;
        return false;
    }
}
