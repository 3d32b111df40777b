using System.Text.Json;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;

namespace CredBroker.Core.Audit;

/// <summary>Makes the audit entries of what tokens are used for: see <see cref="AuditPayloads"/>.</summary>
public static class UsePayloads
{
    /// <summary>A call was allowed: decision and use.</summary>
    public static AuditEntry Authorized(DateTimeOffset now, ApprovedUse use) =>
        AuditPayloads.Entry(now, AuditKind.UseAuthorized, use.Task, use.Decision, use, static (json, use) =>
        {
            json.WriteString("use"u8, use.Id.Value);
            json.WriteString("jti"u8, use.Jti.Value);
            json.WriteString("root"u8, use.Root.Value);
            json.WriteString("workload"u8, use.Workload.ToString());
            json.WriteString("initiator"u8, use.Initiator);
            json.WriteString("backend"u8, use.Backend.ToString());
            json.WriteString("audience"u8, use.Audience);
            WriteToken(json, use.IssuedAt, use.Binding, use.IsCounted);
            json.WritePropertyName("call"u8);
            CapabilityJson.Write(json, use.Call.Capability);
            if (use.Approval is { } approval) json.WriteString("approval"u8, approval.Value);
            json.WriteNumber("catalog"u8, use.CatalogVersion);
            json.WriteNumber("history_version"u8, use.HistoryVersion);
            PolicyDecisionJson.Write(json, use.Policy);
        });

    /// <summary>A call was denied: what was asked, and the true reason.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="ask">What was asked.</param>
    /// <param name="token">The token; null when none of the broker's was presented.</param>
    /// <param name="refusal">Why.</param>
    /// <param name="attestedBy">How the token's workload proved itself when it asked for the token; null: the token does not say.</param>
    /// <param name="policy">What the policies said; null: it did not come so far.</param>
    public static AuditEntry Denied(
        DateTimeOffset now, AuthorizeAsk ask, IssuedToken? token, Refusal refusal, EvidenceKind? attestedBy, PolicyDecision? policy) =>
        AuditPayloads.Entry(now, AuditKind.UseDenied, token?.Task, ask.Decision, (ask, token, refusal, attestedBy, policy), static (json, denied) =>
        {
            if (denied.token is { } token)
            {
                json.WriteString("jti"u8, token.Jti.Value);
                if (token.Approval is { } approval) json.WriteString("approval"u8, approval.Value);
                json.WriteString("audience"u8, token.Audience);
                WriteToken(json, token.IssuedAt, token.Binding, token.Uses is not null);
            }

            if (denied.attestedBy is { } attestedBy) json.WriteString("attested_by"u8, attestedBy.Word());
            json.WriteString("backend"u8, denied.ask.Backend.ToString());
            json.WritePropertyName("call"u8);
            CapabilityJson.Write(json, denied.ask.Call.Capability);
            AuditPayloads.WriteRefusal(json, denied.refusal);
            if (denied.policy is { } policy) PolicyDecisionJson.Write(json, policy);
        });

    /// <summary>What came of a call.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="task">The token's task.</param>
    /// <param name="jti">The token.</param>
    /// <param name="by">Who says it.</param>
    /// <param name="selfReported">True: the agent says it of itself. False: the enforcement point.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="fragment">A part of the result, in the form in which it may be kept; null: none.</param>
    public static AuditEntry Result(DateTimeOffset now, TaskId task, Jti jti, string by, bool selfReported, CallOutcome outcome, string? fragment) =>
        AuditPayloads.Entry(now, AuditKind.ResultRecorded, task, null, (jti, by, selfReported, outcome, fragment), static (json, result) =>
        {
            json.WriteString("jti"u8, result.jti.Value);
            json.WriteString("by"u8, result.by);
            json.WriteString("source"u8, result.selfReported ? "agent"u8 : "enforcement_point"u8);
            json.WriteString("outcome"u8, result.outcome.ToString());
            if (result.fragment is { } fragment) json.WriteString("result_fragment"u8, fragment);
        });

    // What a catalog may hold against a token, whenever it is asked: enough to put the call to another one later.
    private static void WriteToken(Utf8JsonWriter json, DateTimeOffset issuedAt, Binding binding, bool isCounted)
    {
        json.WriteNumber("iat"u8, issuedAt.ToUnixTimeSeconds());
        if (binding is Binding.Bearer) json.WriteBoolean("bearer"u8, true);
        if (isCounted) json.WriteBoolean("counted"u8, true);
    }
}
