using System.Text.Json;
using CredBroker.Core.Catalog;
using CredBroker.Core.Tokens;

namespace CredBroker.Core.Identity;

/// <summary>
/// An identity that the rules have approved: the only thing that identity tokens are signed from. Only <see cref="Attesting"/> makes
/// one, so code that skips the rule does not compile. Immutable.
/// </summary>
public sealed class ApprovedIdentity
{
    internal ApprovedIdentity(
        WorkloadMatch.One match, EvidenceKind attestedBy, AttestTerms terms, Binding binding, DateTimeOffset issuedAt, DateTimeOffset expiresAt)
    {
        Workload = match.Workload;
        By = match.By;
        AttestedBy = attestedBy;
        Terms = terms;
        Binding = binding;
        IssuedAt = issuedAt;
        ExpiresAt = expiresAt;
    }

    /// <summary>Who it is.</summary>
    public Workload Workload { get; }

    /// <summary>What matched.</summary>
    public SelectorSet By { get; }

    /// <summary>The kind of the evidence: policies may ask for it as long as the token lives.</summary>
    public EvidenceKind AttestedBy { get; }

    /// <summary>What the token is bound to: never bearer.</summary>
    public Binding Binding { get; }

    /// <summary><c>jti</c>.</summary>
    public Guid Id => Terms.Id;

    /// <summary>The broker: <c>iss</c>, and <c>aud</c> too, for nobody else has a use for the token.</summary>
    public string Issuer => Terms.Issuer;

    /// <summary>Whole seconds.</summary>
    public DateTimeOffset IssuedAt { get; }

    /// <summary>Whole seconds; at most <see cref="Attesting.LongestLifetime"/> after <see cref="IssuedAt"/>.</summary>
    public DateTimeOffset ExpiresAt { get; }

    private AttestTerms Terms { get; }

    /// <summary>
    /// Writes the members of the payload (RFC 9068 section 2.2, with <c>cnf</c> of RFC 9449 section 6.1 or RFC 8705 section 3.1);
    /// whoever calls writes the braces.
    /// </summary>
    public static void WriteClaims(Utf8JsonWriter json, ApprovedIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(identity);
        var subject = identity.Workload.SpiffeId.ToString();
        json.WriteString("iss", identity.Issuer);
        json.WriteString("sub", subject);
        json.WriteString("aud", identity.Issuer);
        json.WriteString("client_id", subject);
        json.WriteNumber("iat", identity.IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("nbf", identity.IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("exp", identity.ExpiresAt.ToUnixTimeSeconds());
        json.WriteString("jti", identity.Id);
        json.WriteString(EvidenceKinds.Claim, identity.AttestedBy.Word());
        json.WriteStartObject("cnf");
        switch (identity.Binding)
        {
            case Binding.Jkt key:
                json.WriteString("jkt", key.Thumbprint.ToString());
                break;
            case Binding.X5tS256 certificate:
                json.WriteString("x5t#S256", certificate.Thumbprint.ToString());
                break;
        }

        json.WriteEndObject();
    }
}
