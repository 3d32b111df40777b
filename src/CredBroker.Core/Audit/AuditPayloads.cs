using System.Text.Json;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;

namespace CredBroker.Core.Audit;

/// <summary>
/// Makes audit entries: one function for each kind. The payload is canonical JSON that starts with the moment and the kind; texts are in
/// the form in which they may be kept, and nothing in it is a secret, a token or a key.
/// </summary>
public static class AuditPayloads
{
    /// <summary>A token was minted: decision, issuance, and the prompt fragment as it is kept.</summary>
    public static AuditEntry TokenMinted(DateTimeOffset now, ApprovedGrant grant, string? promptFragment) =>
        Entry(now, AuditKind.TokenMinted, grant.Task, grant.Decision, (grant, promptFragment), static (json, minted) =>
        {
            var grant = minted.grant;
            json.WriteString("jti"u8, grant.Jti.Value);
            json.WriteString("root"u8, grant.Root.Value);
            json.WriteString("workload"u8, grant.Workload.ToString());
            json.WriteString("initiator"u8, grant.Initiator);
            json.WriteString("audience"u8, grant.Audience);
            json.WritePropertyName("capability"u8);
            CapabilityJson.Write(json, grant.Capability);
            json.WriteString("binding"u8, grant.Binding.ToString());
            json.WriteNumber("iat"u8, grant.IssuedAt.ToUnixTimeSeconds());
            json.WriteNumber("exp"u8, grant.ExpiresAt.ToUnixTimeSeconds());
            if (grant.Approval is { } approval) json.WriteString("approval"u8, approval.Value);
            if (grant.Uses is { } uses) json.WriteNumber("uses"u8, uses);
            json.WriteNumber("catalog"u8, grant.CatalogVersion);
            json.WriteNumber("history_version"u8, grant.HistoryVersion);
            if (!grant.Adds.IsEmpty) WriteTexts(json, "adds", grant.Adds);
            if (grant.Policy is { } policy) PolicyDecisionJson.Write(json, policy);
            if (minted.promptFragment is { } fragment) json.WriteString("prompt_fragment"u8, fragment);
        });

    /// <summary>A mint was denied: what was asked, the true reason, and what the policies said; null: it did not come so far.</summary>
    public static AuditEntry MintDenied(DateTimeOffset now, MintAsk ask, Refusal refusal, PolicyDecision? policy) =>
        Entry(now, AuditKind.MintDenied, ask.Task, ask.Decision, (ask, refusal, policy), static (json, denied) =>
        {
            json.WriteString("workload"u8, denied.ask.Workload.ToString());
            json.WritePropertyName("capability"u8);
            CapabilityJson.Write(json, denied.ask.Capability);
            json.WriteString("binding"u8, denied.ask.Binding.ToString());
            if (denied.ask.Approval is { } approval) json.WriteString("approval"u8, approval.Value);
            json.WriteString("attested_by"u8, denied.ask.AttestedBy.Word());
            WriteRefusal(json, denied.refusal);
            if (denied.policy is { } policy) PolicyDecisionJson.Write(json, policy);
        });

    /// <summary>A task was started.</summary>
    public static AuditEntry TaskStarted(ApprovedTask task) =>
        Entry(task.CreatedAt, AuditKind.TaskStarted, task.Id, task.Decision, task, static (json, task) =>
        {
            json.WriteString("workload"u8, task.Workload.ToString());
            json.WriteString("initiator"u8, task.Initiator);
            json.WriteString("intent"u8, task.Intent);
            if (task.PromptFragment is { } fragment) json.WriteString("prompt_fragment"u8, fragment);
            json.WritePropertyName("envelope"u8);
            CapabilityJson.Write(json, task.Envelope);
            json.WriteString("deadline"u8, task.Deadline);
            json.WriteNumber("budget"u8, task.Budget);
            json.WriteNumber("catalog"u8, task.CatalogVersion);
        });

    /// <summary>Starting a task was denied.</summary>
    public static AuditEntry StartDenied(DateTimeOffset now, StartAsk ask, Refusal refusal) =>
        Entry(now, AuditKind.TaskDenied, null, ask.Decision, (ask, refusal), static (json, denied) =>
        {
            json.WriteString("rpc"u8, "StartTask");
            json.WriteString("workload"u8, denied.ask.Workload.ToString());
            json.WriteString("initiator"u8, denied.ask.Initiator);
            json.WritePropertyName("envelope"u8);
            CapabilityJson.Write(json, denied.ask.Envelope);
            WriteRefusal(json, denied.refusal);
        });

    /// <summary>Something with an existing or a supposed task, or a token of one, was denied.</summary>
    public static AuditEntry TaskDenied(DateTimeOffset now, DecisionId decision, TaskId? task, string caller, string rpc, Refusal refusal) =>
        Entry(now, AuditKind.TaskDenied, task, decision, (caller, rpc, refusal), static (json, denied) =>
        {
            json.WriteString("rpc"u8, denied.rpc);
            json.WriteString("caller"u8, denied.caller);
            WriteRefusal(json, denied.refusal);
        });

    /// <summary>A task ended.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="task">The task.</param>
    /// <param name="workload">Whose it was.</param>
    /// <param name="cause">Why.</param>
    /// <param name="spent">How many tokens were minted under it, all of which ended with it.</param>
    /// <param name="by">Who ended it: a caller's name, or the broker.</param>
    /// <param name="why">What an administrator said of it; null: nothing.</param>
    public static AuditEntry TaskEnded(DateTimeOffset now, TaskId task, string workload, EndCause cause, int spent, string by, string? why = null) =>
        Entry(now, AuditKind.TaskEnded, task, null, (workload, cause, spent, by, why), static (json, ended) =>
        {
            json.WriteString("workload"u8, ended.workload);
            json.WriteString("cause"u8, ended.cause.ToString());
            json.WriteNumber("tokens"u8, ended.spent);
            json.WriteString("by"u8, ended.by);
            if (ended.why is { } why) json.WriteString("why"u8, why);
        });

    /// <summary>One token was revoked.</summary>
    public static AuditEntry TokenRevoked(DateTimeOffset now, TaskId task, Jti jti, string by, string cause) =>
        Entry(now, AuditKind.TokenRevoked, task, null, (jti, by, cause), static (json, revoked) =>
        {
            json.WriteString("jti"u8, revoked.jti.Value);
            json.WriteString("by"u8, revoked.by);
            json.WriteString("cause"u8, revoked.cause);
        });

    /// <summary>A catalog was applied.</summary>
    public static AuditEntry CatalogApplied(
        DateTimeOffset now, int version, ReadOnlyMemory<byte> digest, string by, IReadOnlyList<string> differences) =>
        Entry(now, AuditKind.CatalogApplied, null, null, (version, digest, by, differences), static (json, applied) =>
        {
            json.WriteNumber("version"u8, applied.version);
            json.WriteBase64String("digest"u8, applied.digest.Span);
            json.WriteString("by"u8, applied.by);
            WriteTexts(json, "differences", applied.differences);
        });

    /// <summary>An administrator revoked a task, a workload, a tool, an initiator, a key or everything.</summary>
    public static AuditEntry AdminRevoked(
        DateTimeOffset now, string by, string kind, string subject, string cause, int tasks, int tokens) =>
        Entry(now, AuditKind.AdminRevoked, null, null, (by, kind, subject, cause, tasks, tokens), static (json, revoked) =>
        {
            json.WriteString("by"u8, revoked.by);
            json.WriteString("target"u8, revoked.kind);
            json.WriteString("subject"u8, revoked.subject);
            json.WriteString("cause"u8, revoked.cause);
            json.WriteNumber("tasks_ended"u8, revoked.tasks);
            json.WriteNumber("tokens_revoked"u8, revoked.tokens);
        });

    /// <summary>A replica published the public half of a signing key.</summary>
    public static AuditEntry KeyPublished(DateTimeOffset now, string keyId, Guid replica, DateTimeOffset notBefore, DateTimeOffset notAfter) =>
        Entry(now, AuditKind.KeyPublished, null, null, (keyId, replica, notBefore, notAfter), static (json, key) =>
        {
            json.WriteString("kid"u8, key.keyId);
            json.WriteString("replica"u8, key.replica);
            json.WriteString("not_before"u8, key.notBefore);
            json.WriteString("not_after"u8, key.notAfter);
        });

    /// <summary>A call was denied before its rules were asked.</summary>
    public static AuditEntry CallDenied(DateTimeOffset now, DecisionId decision, string caller, string proof, string method, Refusal refusal) =>
        Entry(now, AuditKind.CallDenied, null, decision, (caller, proof, method, refusal), static (json, denied) =>
        {
            json.WriteString("caller"u8, denied.caller);
            json.WriteString("proof"u8, denied.proof);
            json.WriteString("method"u8, denied.method);
            WriteRefusal(json, denied.refusal);
        });

    /// <summary>An entry of any kind: canonical JSON of the moment, the kind, the decision, and what the writer adds.</summary>
    internal static AuditEntry Entry<TState>(
        DateTimeOffset now, AuditKind kind, TaskId? task, DecisionId? decision, TState state, Action<Utf8JsonWriter, TState> write)
    {
        var payload = CanonicalJson.Text((now, kind, task, decision, state, write), static (json, entry) =>
        {
            json.WriteStartObject();
            json.WriteString("at"u8, entry.now);
            json.WriteString("kind"u8, entry.kind.ToString());
            if (entry.task is { } task) json.WriteString("task"u8, task.Value);
            if (entry.decision is { } decision) json.WriteString("decision"u8, decision.Value);
            entry.write(json, entry.state);
            json.WriteEndObject();
        });
        return AuditEntry.Of(Guid.CreateVersion7(now), kind, task?.Value, decision?.Value, payload);
    }

    internal static void WriteRefusal(Utf8JsonWriter json, Refusal refusal)
    {
        json.WriteString("reason"u8, refusal.Reason.ToString());
        if (refusal.Field is { } field) json.WriteString("field"u8, field);
        if (refusal.Detail is { } detail) json.WriteString("detail"u8, detail);
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
