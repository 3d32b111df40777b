namespace CredBroker.Core.Identity;

/// <summary>Why a JWT was refused as evidence. Nothing that it claims is looked at before its signature is good.</summary>
public enum JwtEvidenceRefusal
{
    /// <summary>Longer than 8 KiB.</summary>
    Size = 1,

    /// <summary>Not three parts.</summary>
    Parts,

    /// <summary>The header has <c>crit</c>.</summary>
    CriticalHeader,

    /// <summary>Not a strict JWS in another way: see <see cref="JwtEvidenceOutcome.Refused.Detail"/>.</summary>
    Malformed,

    /// <summary><c>alg</c> is not one that we accept, or not one of the key's.</summary>
    Algorithm,

    /// <summary><c>typ</c> is neither absent nor <c>JWT</c> nor <c>JOSE</c> (JWT-SVID section 2.3): a token for another purpose.</summary>
    Type,

    /// <summary>No <c>kid</c>, or none of the set's: fetch the set again, at a bounded rate.</summary>
    UnknownKey,

    /// <summary>The signature does not verify.</summary>
    Signature,

    /// <summary>A claim that we read is missing or of the wrong type; <c>exp</c> above all.</summary>
    Claims,

    /// <summary><c>iss</c> is missing or another.</summary>
    Issuer,

    /// <summary><c>aud</c> is missing or holds none of ours.</summary>
    Audience,

    /// <summary><c>sub</c> is missing, or no SPIFFE ID of the trust domain where the token is a JWT-SVID.</summary>
    Subject,

    /// <summary><c>exp</c> is now or earlier, or not after <c>iat</c>.</summary>
    Expired,

    /// <summary><c>nbf</c> or <c>iat</c> is further ahead than <see cref="JwtEvidence.Skew"/>.</summary>
    NotYetValid,

    /// <summary>It lives longer than <see cref="JwtEvidenceRules.MaxLifetime"/>.</summary>
    Lifetime,
}
