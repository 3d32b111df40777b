using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;

namespace CredBroker.Server.Attestation;

/// <summary>Evidence of kind <c>jwt</c>: a JWT-SVID or an OIDC token of a trust domain of the catalog.</summary>
internal sealed class JwtTokens(JwksSource source, TimeProvider clock)
{
    /// <summary>The name of this kind in the record.</summary>
    public const string Kind = "jwt";

    /// <summary>Reads and verifies a token. Which trust domain it is of is what it says itself; whether that is true is what its keys say.</summary>
    public async Task<EvidenceReading> ReadAsync(string token, CatalogSnapshot snapshot, CancellationToken ct)
    {
        if (!CompactJws.TryParse(token, JwsLimits.Token, out var jws, out var unreadable))
            return Refuse(unreadable == JwsRefusal.AlgorithmNotAllowed ? Reason.AlgorithmNotAllowed : Reason.EvidenceMalformed, $"{unreadable}");
        if (DomainOf(jws.Claims, snapshot.Catalog, out var byIssuer) is not { } domain)
            return Refuse(Reason.UnknownTrustDomain, "no trust domain has this issuer, or this subject");
        if (domain.Jwt is not { } trust || (!byIssuer && trust.Profile != JwtProfile.JwtSvid))
            return Refuse(Reason.EvidenceKindNotAllowed, $"{domain.Name} does not vouch with JWT-SVIDs", domain);
        if (await source.KeysAsync(snapshot, domain.Name, trust, jws.Header.KeyId, ct) is not { } keys)
            return Refuse(Reason.TrustBundleAway, $"no keys of {domain.Name}", domain);

        var rules = new JwtEvidenceRules
        {
            Audiences = trust.Audiences,
            Issuer = trust.Issuer,
            SvidOf = trust.Profile == JwtProfile.JwtSvid ? domain.Name : null,
        };
        return JwtEvidence.Verify(jws, keys, rules, clock.GetUtcNow()) switch
        {
            JwtEvidenceOutcome.Verified verified => new EvidenceReading.Verified(
                new AttestedPeer.Jwt(domain.Name, verified.Subject, verified.Claims.Texts()), verified.ExpiresAt, TraceOf(domain, verified, jws)),
            JwtEvidenceOutcome.Refused refused => Refuse(ReasonOf(refused.Reason), $"{refused.Reason}", domain),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    // No two trust domains of a catalog have one issuer. A JWT-SVID need not name one: then its subject says whose it is.
    private static TrustedDomain? DomainOf(JwtClaims claims, BrokerCatalog catalog, out bool byIssuer)
    {
        var named = claims.ReadString("iss", out var issuer) == ClaimState.Present
            ? catalog.TrustDomains.Values.FirstOrDefault(domain => domain.Jwt?.Issuer == issuer)
            : null;
        byIssuer = named is not null;
        return named ?? (claims.ReadString("sub", out var subject) == ClaimState.Present && SpiffeId.TryParse(subject, out var id)
            ? catalog.TrustDomains.GetValueOrDefault(id.TrustDomain)
            : null);
    }

    private static Reason ReasonOf(JwtEvidenceRefusal refusal) => refusal switch
    {
        JwtEvidenceRefusal.Algorithm => Reason.AlgorithmNotAllowed,
        JwtEvidenceRefusal.UnknownKey => Reason.UnknownKey,
        JwtEvidenceRefusal.Signature => Reason.BadSignature,
        JwtEvidenceRefusal.Issuer => Reason.WrongIssuer,
        JwtEvidenceRefusal.Audience => Reason.WrongAudience,
        JwtEvidenceRefusal.Expired => Reason.EvidenceExpired,
        JwtEvidenceRefusal.NotYetValid => Reason.EvidenceNotYetValid,
        _ => Reason.EvidenceMalformed,
    };

    private static EvidenceReading.Refused Refuse(Reason reason, string detail, TrustedDomain? domain = null) => new(
        new Refusal(reason, Detail: detail), new EvidenceTrace(Kind, domain is null ? [] : [("trust_domain", domain.Name.ToString())]));

    private static EvidenceTrace TraceOf(TrustedDomain domain, JwtEvidenceOutcome.Verified verified, CompactJws jws)
    {
        List<(string, string)> facts = [("trust_domain", domain.Name.ToString()), ("subject", verified.Subject), ("kid", jws.Header.KeyId ?? "")];
        if (verified.Claims.ReadString("jti", out var id) == ClaimState.Present)
            facts.Add(("jti", id));
        return new(Kind, facts);
    }
}
