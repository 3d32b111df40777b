using CredBroker.Cedar.Extensions;
using CredBroker.Cedar.Values;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using static CredBroker.Core.Capabilities.ParameterConstraint;
using Entry = System.Collections.Generic.KeyValuePair<string, CredBroker.Cedar.Values.CedarValue>;

namespace CredBroker.Core.Policies;

/// <summary>
/// The context of one question: what the schema says, less what no policy reads and what the question leaves open. What is left open
/// has no value, so a permit that needs one does not permit, and a forbid that needs one denies.
/// </summary>
internal readonly struct PolicyContext
{
    private readonly PolicyQuestion _question;
    private readonly ContextUse _use;
    private readonly CedarValue _now;
    private readonly CedarValue _task;
    private readonly CedarValue _parameters;

    internal PolicyContext(PolicyQuestion question, ContextUse use, DateTimeOffset now)
    {
        (_question, _use) = (question, use);
        if (use.Now) _now = CedarValue.Of(new CedarDatetime(now.ToUnixTimeMilliseconds()));
        if (use.Task) _task = CedarValue.Of(TaskOf(question.Task, use, now));
        if (use.Parameters) _parameters = CedarValue.Of(ParametersOf(question.Capability));
    }

    /// <summary>The context, with or without an approver's yes.</summary>
    internal CedarRecord With(bool approved)
    {
        var entries = new Entry[6];
        var count = 0;
        if (_use.Phase) entries[count++] = new("phase", CedarValue.Of(_question.Phase.Word()));
        if (_use.Task) entries[count++] = new("task", _task);
        if (_use.Path && _question.GivesPath) entries[count++] = new("path", CedarValue.Of(_question.Capability.Resource.ToString()));
        if (_use.Now) entries[count++] = new("now", _now);
        if (_use.Approved) entries[count++] = new("approved", CedarValue.Of(approved));
        if (_use.Parameters) entries[count++] = new("parameters", _parameters);
        return CedarRecord.Of(entries.AsSpan(0, count));
    }

    /// <summary>The one value that a constraint allows; null when it allows several.</summary>
    internal static CedarValue? ValueOf(ParameterConstraint constraint) => constraint switch
    {
        StringSet { Values: [var only] } => CedarValue.Of(only),
        LongRange range when range.Min == range.Max => CedarValue.Of(range.Min),
        BoolValue truth => CedarValue.Of(truth.Value),
        _ => null,
    };

    private static CedarRecord ParametersOf(Capability capability)
    {
        var entries = new Entry[capability.Parameters.Length];
        var count = 0;
        foreach (var (name, constraint) in capability.Parameters)
            if (ValueOf(constraint) is { } value) entries[count++] = new(name.ToString(), value);
        return CedarRecord.Of(entries.AsSpan(0, count));
    }

    private static CedarRecord TaskOf(TaskFacts task, ContextUse use, DateTimeOffset now)
    {
        var entries = new Entry[7];
        var count = 0;
        if (use.Intent) entries[count++] = new("intent", CedarValue.Of(task.Intent));
        if (use.Initiator) entries[count++] = new("initiator", CedarValue.Of(task.Initiator));
        if (use.Depth) entries[count++] = new("depth", CedarValue.Of(task.Above.Length));
        // The database's clock made the task, ours decides: nothing is younger than new.
        if (use.Age) entries[count++] = new("age", CedarValue.Of(new CedarDuration(Math.Max(0, (long)(now - task.CreatedAt).TotalMilliseconds))));
        if (use.Issued) entries[count++] = new("issued", CedarValue.Of(task.Spent));
        if (use.RemainingBudget) entries[count++] = new("remaining_budget", CedarValue.Of(task.Budget - task.Spent));
        if (use.History) entries[count++] = new("history", CedarValue.Of(HistoryOf(task, use)));
        return CedarRecord.Of(entries.AsSpan(0, count));
    }

    private static CedarRecord HistoryOf(TaskFacts task, ContextUse use)
    {
        var entries = new Entry[7];
        var count = 0;
        if (use.Data) entries[count++] = new("data", Labels(task, HistoryLabels.DataPrefix));
        if (use.Tools) entries[count++] = new("tools", Labels(task, HistoryLabels.ToolPrefix));
        if (use.Egress) entries[count++] = new("egress", CedarValue.Of(task.History.Contains(HistoryLabels.Egress)));
        if (use.Reads) entries[count++] = new("reads", CedarValue.Of(task.Granted.Reads));
        if (use.Writes) entries[count++] = new("writes", CedarValue.Of(task.Granted.Writes));
        if (use.Privileged) entries[count++] = new("privileged", CedarValue.Of(task.Granted.Privileged));
        if (use.ByTool) entries[count++] = new("by_tool", CedarValue.Of(ByToolOf(task.Granted, use)));
        return CedarRecord.Of(entries.AsSpan(0, count));
    }

    private static CedarRecord ByToolOf(GrantCounts granted, ContextUse use)
    {
        var entries = new Entry[use.CountedTools.Length];
        for (var i = 0; i < entries.Length; i++) entries[i] = new(use.CountedTools[i], CedarValue.Of(granted.Of(use.CountedTools[i])));
        return CedarRecord.Of(entries);
    }

    private static CedarValue Labels(TaskFacts task, string prefix)
    {
        var values = new CedarValue[task.History.Length];
        var count = 0;
        foreach (var label in task.History)
            if (label.StartsWith(prefix, StringComparison.Ordinal)) values[count++] = CedarValue.Of(label[prefix.Length..]);
        return CedarValue.Of(CedarSet.Of(values.AsSpan(0, count)));
    }
}
