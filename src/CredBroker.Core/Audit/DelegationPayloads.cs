using System.Text.Json;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Audit;

/// <summary>What the record says of delegation. The entries are the child's: whose it is, who gave it, and under which tasks it lives.</summary>
public static class DelegationPayloads
{
    /// <summary>A task was delegated. Its budget was taken out of its parent's.</summary>
    /// <param name="task">The child.</param>
    /// <param name="ask">What the workload that delegated asked for.</param>
    public static AuditEntry Delegated(ApprovedTask task, DelegateAsk ask) =>
        AuditPayloads.Entry(task.CreatedAt, AuditKind.TaskDelegated, task.Id, task.Decision, (task, ask), static (json, delegated) =>
        {
            var task = delegated.task;
            json.WriteStartArray("above"u8);
            foreach (var ancestor in task.Ancestors) json.WriteStringValue(ancestor.Value);
            json.WriteEndArray();
            json.WriteString("by"u8, delegated.ask.Workload.ToString());
            json.WriteString("attested_by"u8, delegated.ask.AttestedBy.Word());
            json.WriteString("workload"u8, task.Workload.ToString());
            json.WriteString("initiator"u8, task.Initiator);
            json.WriteString("intent"u8, task.Intent);
            if (task.PromptFragment is { } fragment) json.WriteString("prompt_fragment"u8, fragment);
            json.WritePropertyName("envelope"u8);
            CapabilityJson.Write(json, task.Envelope);
            json.WriteNumber("time_to_live"u8, delegated.ask.TimeToLive.TotalSeconds);
            json.WriteString("deadline"u8, task.Deadline);
            json.WriteNumber("budget"u8, task.Budget);
            if (delegated.ask.Budget is null) json.WriteBoolean("default_budget"u8, true);
            json.WriteNumber("catalog"u8, task.CatalogVersion);
            json.WriteNumber("history_version"u8, task.HistoryVersion);
            json.WriteStartArray("policy"u8);
            foreach (var allowed in task.HandedDown) Write(json, allowed);
            json.WriteEndArray();
        });

    /// <summary>
    /// Delegating a task was denied, and what the policies said; null: it did not come so far. The entry is that of the task which was to
    /// be the parent.
    /// </summary>
    public static AuditEntry DelegateDenied(DateTimeOffset now, DelegateAsk ask, Refusal refusal, PolicyDecision? policy) =>
        AuditPayloads.Entry(now, AuditKind.TaskDenied, ask.Parent, ask.Decision, (ask, refusal, policy), static (json, denied) =>
        {
            json.WriteString("rpc"u8, "DelegateTask");
            json.WriteString("workload"u8, denied.ask.Workload.ToString());
            json.WriteString("attested_by"u8, denied.ask.AttestedBy.Word());
            json.WriteString("to"u8, denied.ask.To.ToString());
            json.WritePropertyName("envelope"u8);
            CapabilityJson.Write(json, denied.ask.Envelope);
            json.WriteNumber("time_to_live"u8, denied.ask.TimeToLive.TotalSeconds);
            if (denied.ask.Budget is { } budget) json.WriteNumber("budget"u8, budget);
            AuditPayloads.WriteRefusal(json, denied.refusal);
            if (denied.policy is { } policy) PolicyDecisionJson.Write(json, policy);
        });

    /// <summary>A task was accepted by the workload that it was delegated to.</summary>
    public static AuditEntry Accepted(DateTimeOffset now, AcceptAsk ask, int catalogVersion) =>
        AuditPayloads.Entry(now, AuditKind.TaskAccepted, ask.Task, ask.Decision, (ask, catalogVersion), static (json, accepted) =>
        {
            json.WriteString("workload"u8, accepted.ask.Workload.ToString());
            if (accepted.ask.HeartbeatInterval is { } interval) json.WriteNumber("heartbeat_seconds"u8, interval.TotalSeconds);
            json.WriteNumber("catalog"u8, accepted.catalogVersion);
        });

    private static void Write(Utf8JsonWriter json, HandingDown.Allowed allowed)
    {
        json.WriteStartObject();
        json.WriteString("outcome"u8, allowed.NeedsApproval ? "needs_approval"u8 : "allow"u8);
        json.WriteNumber("cases"u8, allowed.Cases);
        json.WriteStartArray("deciding"u8);
        foreach (var id in allowed.Deciding) json.WriteStringValue(id);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
