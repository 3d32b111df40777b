namespace CredBroker.Core.Identity;

/// <summary>What a trust domain's JWTs must say to be believed.</summary>
public sealed record JwtEvidenceRules
{
    /// <summary>The token's <c>aud</c> must hold one of these exactly (no case folding, no slash folding); at least one.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    /// <summary>Exactly this <c>iss</c>; <see langword="null"/> only for JWT-SVIDs, which need none.</summary>
    public string? Issuer { get; init; }

    /// <summary>When given, the token is a JWT-SVID: its <c>sub</c> must be a SPIFFE ID of this trust domain (JWT-SVID section 3.1).</summary>
    public TrustDomain? SvidOf { get; init; }

    /// <summary>
    /// Most time between <c>iat</c> (else <c>nbf</c>, else now) and <c>exp</c>: 24 h by default, the longest that Kubernetes and OIDC
    /// providers give workloads; evidence that lives longer is a standing credential.
    /// </summary>
    public TimeSpan MaxLifetime { get; init; } = TimeSpan.FromHours(24);
}
