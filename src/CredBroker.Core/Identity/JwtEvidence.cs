namespace CredBroker.Core.Identity;

/// <summary>
/// Verifies foreign JWTs that a workload presents: OIDC tokens (RFC 7519, RFC 8725) and JWT-SVIDs. The key decides the algorithm, the
/// trust domain's configuration decides the keys, and nothing in the token leads anywhere.
/// </summary>
public static class JwtEvidence
{
    /// <summary>How far an issuer's clock may run ahead of ours (SPIRE: 10 s NotBefore cushion). <c>exp</c> gets none.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(10);

    /// <summary>Reads and verifies a token. Never throws on any token.</summary>
    /// <param name="token">The compact JWS as received.</param>
    /// <param name="keys">The keys of the trust domain that the token is said to be of.</param>
    /// <param name="rules">What the token has to say.</param>
    /// <param name="now">The time of the request.</param>
    public static JwtEvidenceOutcome Verify(ReadOnlySpan<char> token, JwkSet keys, JwtEvidenceRules rules, DateTimeOffset now)
    {
        if (CompactJws.TryParse(token, JwsLimits.Token, out var jws, out var refusal)) return Verify(jws, keys, rules, now);
        return new JwtEvidenceOutcome.Refused(
            refusal switch
            {
                JwsRefusal.TooLong => JwtEvidenceRefusal.Size,
                JwsRefusal.WrongPartCount => JwtEvidenceRefusal.Parts,
                JwsRefusal.CriticalHeader => JwtEvidenceRefusal.CriticalHeader,
                JwsRefusal.AlgorithmNotAllowed => JwtEvidenceRefusal.Algorithm,
                _ => JwtEvidenceRefusal.Malformed,
            },
            refusal);
    }

    /// <summary>
    /// Verifies a token that was read already, to find out which trust domain it is said to be of.
    /// </summary>
    /// <inheritdoc cref="Verify(ReadOnlySpan{char}, JwkSet, JwtEvidenceRules, DateTimeOffset)"/>
    public static JwtEvidenceOutcome Verify(CompactJws jws, JwkSet keys, JwtEvidenceRules rules, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(jws);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(rules);
        if (rules.Issuer is null && rules.SvidOf is null) throw new ArgumentException("An issuer or a trust domain is needed.", nameof(rules));

        if (CheckSignature(jws, keys) is { } unproven) return new JwtEvidenceOutcome.Refused(unproven);
        if (CheckTimes(jws.Claims, rules, now, out var expiresAt) is { } untimely) return new JwtEvidenceOutcome.Refused(untimely);
        if (CheckParties(jws.Claims, rules, out var subject, out var id) is { } misplaced) return new JwtEvidenceOutcome.Refused(misplaced);
        return new JwtEvidenceOutcome.Verified(subject, id, expiresAt, jws.Claims);
    }

    private static JwtEvidenceRefusal? CheckSignature(CompactJws jws, JwkSet keys)
    {
        if (jws.Header.Type is not (null or "JWT" or "JOSE")) return JwtEvidenceRefusal.Type;
        if (!keys.TryFind(jws.Header.KeyId, out var key)) return JwtEvidenceRefusal.UnknownKey;
        if (!key.Jwk.Allows(jws.Header.Algorithm)) return JwtEvidenceRefusal.Algorithm;
        return key.Verify(jws) ? null : JwtEvidenceRefusal.Signature;
    }

    private static JwtEvidenceRefusal? CheckTimes(JwtClaims claims, JwtEvidenceRules rules, DateTimeOffset now, out DateTimeOffset expiresAt)
    {
        var expiry = claims.ReadNumericDate("exp", out expiresAt);
        var notBefore = claims.ReadNumericDate("nbf", out var nbf);
        var issued = claims.ReadNumericDate("iat", out var iat);
        if (expiry != ClaimState.Present || notBefore == ClaimState.Malformed || issued == ClaimState.Malformed) return JwtEvidenceRefusal.Claims;

        if (expiresAt <= now) return JwtEvidenceRefusal.Expired;
        if (notBefore == ClaimState.Present && nbf > now + Skew) return JwtEvidenceRefusal.NotYetValid;
        if (issued == ClaimState.Present && iat > now + Skew) return JwtEvidenceRefusal.NotYetValid;
        var start = issued == ClaimState.Present ? iat : notBefore == ClaimState.Present ? nbf : now;
        if (expiresAt <= start) return JwtEvidenceRefusal.Expired;
        return expiresAt - start > rules.MaxLifetime ? JwtEvidenceRefusal.Lifetime : null;
    }

    private static JwtEvidenceRefusal? CheckParties(JwtClaims claims, JwtEvidenceRules rules, out string subject, out SpiffeId? spiffeId)
    {
        spiffeId = null;
        var hasSubject = claims.ReadString("sub", out subject);
        var hasIssuer = claims.ReadString("iss", out var issuer);
        var hasAudience = claims.ReadStrings("aud", out var audiences);
        if (hasSubject == ClaimState.Malformed || hasIssuer == ClaimState.Malformed || hasAudience == ClaimState.Malformed)
        {
            return JwtEvidenceRefusal.Claims;
        }
        if (rules.Issuer is not null && issuer != rules.Issuer) return JwtEvidenceRefusal.Issuer;
        if (!audiences.Any(rules.Audiences.Contains)) return JwtEvidenceRefusal.Audience;
        if (hasSubject == ClaimState.Absent) return JwtEvidenceRefusal.Subject;
        if (rules.SvidOf is not { } trustDomain) return null;
        if (!SpiffeId.TryParse(subject, out var id) || id.TrustDomain != trustDomain) return JwtEvidenceRefusal.Subject;
        spiffeId = id;
        return null;
    }
}
