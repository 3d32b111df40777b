using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using CredBroker.Core.Policies;

namespace CredBroker.Core.Audit;

/// <summary>
/// Writes what policies decided, and by what: which catalog, which policies, what they could look at, what failed. Enough to see why,
/// and to ask the same policies again.
/// </summary>
internal static class PolicyDecisionJson
{
    /// <summary>Writes the member <c>policy</c>.</summary>
    internal static void Write(Utf8JsonWriter json, PolicyDecision decision)
    {
        var record = decision.Judgement.Record;
        json.WriteStartObject("policy"u8);
        json.WriteString("outcome"u8, decision.Judgement switch
        {
            Judgement.Allowed => "allow"u8,
            Judgement.NeedsApproval => "needs_approval"u8,
            Judgement.Denied => "deny"u8,
            _ => throw new UnreachableException(),
        });
        json.WriteNumber("catalog"u8, decision.CatalogVersion);
        json.WriteBase64String("catalog_digest"u8, decision.CatalogDigest.AsSpan());
        if (decision.HistoryVersion is { } version) json.WriteNumber("history_version"u8, version);
        json.WriteString("phase"u8, record.Phase);
        json.WriteString("principal"u8, record.Principal);
        json.WriteString("attested_by"u8, record.AttestedBy);
        json.WritePropertyName("inputs"u8);
        record.WriteInputs(json);
        json.WriteStartArray("evaluations"u8);
        foreach (var evaluation in record.Evaluations) Write(json, evaluation);
        json.WriteEndArray();
        WriteTerms(json, decision.Judgement);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PolicyEvaluation evaluation)
    {
        json.WriteStartObject();
        json.WriteBoolean("approved"u8, evaluation.Approved);
        json.WriteBoolean("allows"u8, evaluation.Allows);
        Write(json, "deciding", evaluation.Deciding);
        if (!evaluation.Errors.IsEmpty) Write(json, "errors", evaluation.Errors);
        json.WriteEndObject();
    }

    private static void WriteTerms(Utf8JsonWriter json, Judgement judgement)
    {
        if (judgement is Judgement.NeedsApproval needed)
        {
            Write(json, "approvers", [.. needed.Approvers.Select(name => name.ToString())]);
            json.WriteNumber("quorum"u8, needed.Quorum);
        }

        if (TermsOf(judgement) is not { } terms || terms == PolicyTerms.None) return;
        json.WriteStartObject("terms"u8);
        if (terms.MaxTimeToLive is { } life) json.WriteNumber("max_ttl"u8, (long)life.TotalSeconds);
        if (terms.SingleUse) json.WriteBoolean("single_use"u8, true);
        if (!terms.Obligations.IsEmpty) Write(json, "obligations", terms.Obligations);
        json.WriteEndObject();
    }

    private static PolicyTerms? TermsOf(Judgement judgement) => judgement switch
    {
        Judgement.Allowed allowed => allowed.Terms,
        Judgement.NeedsApproval needed => needed.Terms,
        _ => null,
    };

    private static void Write(Utf8JsonWriter json, string name, ImmutableArray<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
