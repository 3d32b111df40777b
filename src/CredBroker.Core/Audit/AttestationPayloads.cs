using System.Buffers.Text;
using System.Text.Json;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Audit;

/// <summary>Where evidence came from and what it said of itself, for the record: facts that were verified, never the evidence.</summary>
/// <param name="Kind"><c>unix_peer</c>, <c>jwt</c>, <c>x509_peer</c> or <c>join_token</c>.</param>
/// <param name="Facts">Names and values, in the order of the record.</param>
public sealed record EvidenceTrace(string Kind, IReadOnlyList<(string Name, string Value)> Facts);

/// <summary>What the record says of attestation: JSON, members in this order.</summary>
public static class AttestationPayloads
{
    /// <summary>A workload got an identity token; the token itself is not here.</summary>
    public static string Attested(DateTimeOffset now, ApprovedIdentity identity, DecisionId decision, int catalogVersion, EvidenceTrace trace)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return CanonicalJson.Text((now, identity, decision, catalogVersion, trace), static (json, entry) =>
        {
            var identity = entry.identity;
            Open(json, entry.now, entry.decision, "attested", entry.catalogVersion);
            json.WriteString("spiffe_id", identity.Workload.SpiffeId.ToString());
            json.WriteString("workload", identity.Workload.Name.ToString());
            json.WriteStartArray("selectors");
            foreach (var selector in identity.By.Selectors)
                json.WriteStringValue(selector.ToString());
            json.WriteEndArray();
            json.WriteString("binding", identity.Binding.ToString());
            json.WriteString("jti", identity.Id);
            json.WriteString("expires_at", identity.ExpiresAt);
            Close(json, entry.trace);
        });
    }

    /// <summary>Evidence was refused, and why: the caller saw neither.</summary>
    public static string Refused(DateTimeOffset now, Refusal refusal, DecisionId decision, int catalogVersion, EvidenceTrace trace) =>
        CanonicalJson.Text((now, refusal, decision, catalogVersion, trace), static (json, entry) =>
        {
            Open(json, entry.now, entry.decision, "refused", entry.catalogVersion);
            json.WriteString("reason", entry.refusal.Reason.ToString());
            if (entry.refusal.Detail is { } detail)
                json.WriteString("detail", detail);
            Close(json, entry.trace);
        });

    /// <summary>An administrator made a join token. Its hash says later which one was used; nobody can find the secret from it.</summary>
    public static string JoinTokenCreated(DateTimeOffset now, string by, string workload, DateTimeOffset expiresAt, ReadOnlySpan<byte> secretHash) =>
        CanonicalJson.Text((now, by, workload, expiresAt, Hash: HashText(secretHash)), static (json, entry) =>
        {
            json.WriteStartObject();
            json.WriteString("at", entry.now);
            json.WriteString("by", entry.by);
            json.WriteString("workload", entry.workload);
            json.WriteString("expires_at", entry.expiresAt);
            json.WriteString("secret_sha256", entry.Hash);
            json.WriteEndObject();
        });

    /// <summary>How the record writes the hash of a join token: base64url.</summary>
    public static string HashText(ReadOnlySpan<byte> secretHash) => Base64Url.EncodeToString(secretHash);

    private static void Open(Utf8JsonWriter json, DateTimeOffset now, DecisionId decision, string outcome, int catalogVersion)
    {
        json.WriteStartObject();
        json.WriteString("at", now);
        json.WriteString("decision", decision.ToString());
        json.WriteString("outcome", outcome);
        json.WriteNumber("catalog_version", catalogVersion);
    }

    private static void Close(Utf8JsonWriter json, EvidenceTrace trace)
    {
        json.WriteStartObject("evidence");
        json.WriteString("kind", trace.Kind);
        foreach (var (name, value) in trace.Facts)
            json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
