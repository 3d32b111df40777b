namespace CredBroker.Core.Identity;

/// <summary>What <see cref="JwtEvidence"/> found.</summary>
public abstract record JwtEvidenceOutcome
{
    private JwtEvidenceOutcome()
    {
    }

    /// <summary>The issuer vouches for what the token says.</summary>
    /// <param name="Subject"><c>sub</c>.</param>
    /// <param name="SpiffeId">The same as a SPIFFE ID, where the token is a JWT-SVID.</param>
    /// <param name="ExpiresAt"><c>exp</c>.</param>
    /// <param name="Claims">All claims; <see cref="JwtClaims.Texts"/> gives what selectors match.</param>
    public sealed record Verified(string Subject, SpiffeId? SpiffeId, DateTimeOffset ExpiresAt, JwtClaims Claims) : JwtEvidenceOutcome;

    /// <summary>The token proves nothing.</summary>
    /// <param name="Reason">The first thing that was wrong.</param>
    /// <param name="Detail">When the token could not even be read: what exactly.</param>
    public sealed record Refused(JwtEvidenceRefusal Reason, JwsRefusal? Detail = null) : JwtEvidenceOutcome;
}
