using System.Collections.Immutable;
using System.Text;
using CredBroker.Core.Audit;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Past;

/// <summary>
/// Reads back from the record what a replay needs: the beginnings of tasks, and the decisions on mints, uses and delegations. Entries of
/// all versions of this program: what older ones did not record is not known.
/// </summary>
public static class PastEntryReader
{
    /// <summary>The kinds of entries that matter.</summary>
    public static ImmutableArray<AuditKind> Kinds { get; } =
    [
        AuditKind.TokenMinted, AuditKind.MintDenied, AuditKind.UseAuthorized, AuditKind.UseDenied, AuditKind.TaskStarted, AuditKind.TaskDelegated,
        AuditKind.TaskDenied,
    ];

    /// <summary>The kinds that always record a decision that a replay is about.</summary>
    public static bool Decides(AuditKind kind) =>
        kind is AuditKind.TokenMinted or AuditKind.MintDenied or AuditKind.UseAuthorized or AuditKind.UseDenied or AuditKind.TaskDelegated;

    /// <summary>
    /// Reads an entry; never throws. Null: it does not read, or it is a denial of something else than these. Which of the two it is,
    /// <see cref="Decides"/> tells.
    /// </summary>
    public static PastEntry? Read(AuditKind kind, string payload)
    {
        if (StrictJson.Parse(Encoding.UTF8.GetBytes(payload), out var root) is not null) return null;
        var json = new PastJson(root);
        if (json.Moment("at") is not { } at || json.Id("decision") is not { } id || id == Guid.Empty) return null;
        var decision = new PastDecisionReader(json, at, DecisionId.Of(id));
        return kind switch
        {
            AuditKind.TokenMinted or AuditKind.MintDenied => Entry(at, decision.Mint()),
            AuditKind.UseAuthorized or AuditKind.UseDenied => Entry(at, decision.Use()),
            AuditKind.TaskDenied when json.Text("rpc") == "DelegateTask" && json.Text("to") is not null => Entry(at, decision.Delegation(json.Text("workload"), json.Text("to"))),
            AuditKind.TaskStarted => TaskOf(json, at, []) is { } task ? new(at, task, null) : null,
            AuditKind.TaskDelegated => AboveOf(json) is { Length: > 0 } above && TaskOf(json, at, above) is { } child
                && decision.Delegation(json.Text("by"), json.Text("workload")) is { } delegation ? new(at, child, delegation with { Task = above[^1] }) : null,
            _ => null,
        };
    }

    private static PastEntry? Entry(DateTimeOffset at, PastDecision? decision) => decision is null ? null : new(at, null, decision);

    private static PastTask? TaskOf(PastJson json, DateTimeOffset at, ImmutableArray<TaskId> above)
    {
        if (json.Id("task") is not { } id || id == Guid.Empty || !SpiffeId.TryParse(json.Text("workload"), out var workload)) return null;
        if (json.Text("initiator") is not { } initiator || json.Text("intent") is not { } intent) return null;
        if (json.Moment("deadline") is not { } deadline || json.Whole("budget") is not { } budget) return null;
        return json.Raw("envelope") is { } text && CapabilityJson.TryParse(text, out Envelope? envelope)
            ? new(TaskId.Of(id), above, workload, initiator, intent, envelope, at, deadline, budget)
            : null;
    }

    private static ImmutableArray<TaskId> AboveOf(PastJson json)
    {
        var ids = (json.Texts("above") ?? []).Select(text => TaskId.TryParse(text, out var id) ? id : default).ToImmutableArray();
        return ids.Any(id => id.IsNone) ? [] : ids;
    }
}
