using CredBroker.Core.Approvals;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;

namespace CredBroker.Core.Audit;

/// <summary>Makes the audit entries of approvals. That one was used is in the entry of the token that was minted with it.</summary>
public static class ApprovalPayloads
{
    /// <summary>Approvers were asked: for what, and who they are.</summary>
    public static AuditEntry Asked(DateTimeOffset now, ApprovalId id, MintAsk ask, IReadOnlyCollection<CatalogName> groups, int quorum, DateTimeOffset expiresAt) =>
        AuditPayloads.Entry(now, AuditKind.ApprovalAsked, ask.Task, ask.Decision, (id, ask, groups, quorum, expiresAt), static (json, asked) =>
        {
            json.WriteString("approval"u8, asked.id.Value);
            json.WriteString("workload"u8, asked.ask.Workload.ToString());
            json.WritePropertyName("capability"u8);
            CapabilityJson.Write(json, asked.ask.Capability);
            json.WriteStartArray("groups"u8);
            foreach (var group in asked.groups) json.WriteStringValue(group.ToString());
            json.WriteEndArray();
            json.WriteNumber("quorum"u8, asked.quorum);
            json.WriteString("expires_at"u8, asked.expiresAt);
        });

    /// <summary>An approver voted: how, why, and what the approval is with it.</summary>
    public static AuditEntry Voted(DateTimeOffset now, TaskId task, ApprovalId id, ApprovalVote vote, string reason, ApprovalState after) =>
        AuditPayloads.Entry(now, AuditKind.ApprovalVoted, task, null, (id, vote, reason, after), static (json, voted) =>
        {
            json.WriteString("approval"u8, voted.id.Value);
            json.WriteString("approver"u8, voted.vote.Approver.ToString());
            json.WriteBoolean("approves"u8, voted.vote.Approves);
            json.WriteString("why"u8, voted.reason);
            json.WriteString("state"u8, voted.after.ToString());
        });

    /// <summary>Deciding approvals, or waiting for one, was refused.</summary>
    public static AuditEntry Refused(DateTimeOffset now, DecisionId decision, IReadOnlyCollection<ApprovalId> ids, string caller, string rpc, Refusal refusal) =>
        AuditPayloads.Entry(now, AuditKind.ApprovalRefused, null, decision, (ids, caller, rpc, refusal), static (json, refused) =>
        {
            json.WriteString("rpc"u8, refused.rpc);
            json.WriteString("caller"u8, refused.caller);
            json.WriteStartArray("approvals"u8);
            foreach (var id in refused.ids) json.WriteStringValue(id.Value);
            json.WriteEndArray();
            AuditPayloads.WriteRefusal(json, refused.refusal);
        });

    /// <summary>An approval came to nothing: it expired, or was cancelled with its task or by a newer question.</summary>
    public static AuditEntry Lapsed(DateTimeOffset now, TaskId task, ApprovalId id, ApprovalState state) =>
        AuditPayloads.Entry(now, AuditKind.ApprovalLapsed, task, null, (id, state), static (json, lapsed) =>
        {
            json.WriteString("approval"u8, lapsed.id.Value);
            json.WriteString("state"u8, lapsed.state.ToString());
        });
}
