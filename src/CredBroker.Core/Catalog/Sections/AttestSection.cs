using System.Collections.Immutable;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Catalog.Sections;

/// <summary><c>attest</c> of a workload: sets of selectors, any one of which proves it.</summary>
internal static class AttestSection
{
    private const int MaxSets = 16;

    internal static ImmutableArray<SelectorSet> Read(
        Field? field, CatalogName workload, Declared<TrustDomain, TrustedDomain> trustDomains, SelectorClaims claims)
    {
        var sets = new List<SelectorSet>();
        foreach (var item in field?.Items("a way to attest", MaxSets) ?? [])
        {
            if (item.Fields("unix", "jwt", "x509", "join_token")?.ExactlyOne("unix", "jwt", "x509", "join_token") is not { } evidence
                || Selectors(evidence, workload, trustDomains) is not { } selectors)
                continue;
            var set = SelectorSet.Of(selectors);
            sets.Add(set);
            claims.Add(workload, set, item);
        }
        return [.. sets];
    }

    private static List<Selector>? Selectors(Field evidence, CatalogName workload, Declared<TrustDomain, TrustedDomain> trustDomains) =>
        evidence.Key switch
        {
            "unix" => UnixSelectors.Read(evidence),
            "jwt" => JwtSelectors.Read(evidence, trustDomains),
            "x509" => X509(evidence, trustDomains),
            _ => JoinToken(evidence, workload),
        };

    private static List<Selector>? X509(Field field, Declared<TrustDomain, TrustedDomain> trustDomains)
    {
        if (field.Fields("spiffe_id")?.Must("spiffe_id") is not { } given || given.Spiffe() is not { } id)
            return null;
        return given.VouchedByX509(id, trustDomains) ? [new(SelectorKind.X509SpiffeId, id.ToString())] : null;
    }

    /// <summary>True when the ID's trust domain is declared with a bundle (or could not be read).</summary>
    internal static bool VouchedByX509(this Field field, SpiffeId id, Declared<TrustDomain, TrustedDomain> trustDomains)
    {
        if (!trustDomains.Find(id.TrustDomain, field, $"trust domain \"{id.TrustDomain}\" is not declared", out var domain))
            return false;
        if (domain is null or { X509: not null })
            return true;
        field.Report(CatalogErrorKind.Contradiction, $"trust domain \"{id.TrustDomain}\" has no x509 bundle to verify this with");
        return false;
    }

    private static List<Selector>? JoinToken(Field field, CatalogName workload)
    {
        if (field.Bool() is not { } value)
            return null;
        if (value)
            return [new(SelectorKind.JoinToken, workload.ToString())];
        field.Report(CatalogErrorKind.OutOfRange, "\"join_token\" is false", "true, or no such item");
        return null;
    }
}
