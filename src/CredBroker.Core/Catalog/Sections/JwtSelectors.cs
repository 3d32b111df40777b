using CredBroker.Core.Identity;

namespace CredBroker.Core.Catalog.Sections;

/// <summary><c>jwt</c>: what a trust domain's token says.</summary>
internal static class JwtSelectors
{
    private const int MaxClaims = 16;

    /// <summary>Claims that are checked otherwise, or that say nothing about who the bearer is (RFC 7519 section 4.1).</summary>
    private static readonly string[] NotClaims = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

    internal static List<Selector>? Read(Field field, Declared<TrustDomain, TrustedDomain> trustDomains)
    {
        if (field.Fields("trust_domain", "subject", "claims") is not { } keys)
            return null;

        var domain = TrustDomainOf(keys.Must("trust_domain"), trustDomains);
        var subject = domain?.Jwt?.Profile == JwtProfile.JwtSvid
            ? SvidSubject(keys.Must("subject"), domain)
            : keys.May("subject")?.Text("text", 2048);
        var claims = Claims(keys.May("claims"));
        if (domain is null)
            return null;
        if (subject is null && claims.Count == 0)
        {
            if (!keys.Has("subject") && !keys.Has("claims"))
                field.Errors.Add(CatalogErrorKind.Contradiction, field.KeyAt,
                    "any token of the trust domain would meet these selectors", "subject or claims");
            return null;
        }

        claims.Add(new(SelectorKind.JwtTrustDomain, domain.Name.ToString()));
        if (subject is not null)
            claims.Add(new(SelectorKind.JwtSubject, subject));
        return claims;
    }

    private static TrustedDomain? TrustDomainOf(Field? field, Declared<TrustDomain, TrustedDomain> trustDomains)
    {
        if (field?.Through<TrustDomain>(TrustDomain.TryParse, "a trust domain of this catalog") is not { } name
            || !trustDomains.Find(name, field, $"trust domain \"{name}\" is not declared", out var domain) || domain is null)
            return null;
        if (domain.Jwt is not null)
            return domain;
        field.Report(CatalogErrorKind.Contradiction, $"trust domain \"{name}\" has no jwt keys to verify this with");
        return null;
    }

    private static string? SvidSubject(Field? field, TrustedDomain domain)
    {
        if (field?.Spiffe() is not { } id)
            return null;
        if (id.TrustDomain == domain.Name)
            return id.ToString();
        field.Report(CatalogErrorKind.Contradiction, $"the subject is not in trust domain \"{domain.Name}\"");
        return null;
    }

    private static List<Selector> Claims(Field? field)
    {
        var claims = new List<Selector>();
        foreach (var (name, claim) in field?.Named("claim", MaxClaims) ?? [])
        {
            if (NotClaims.Contains(name, StringComparer.Ordinal) || name.Length is 0 or > 128)
                claim.Errors.Add(CatalogErrorKind.BadText, claim.KeyAt, $"{Quoting.Quote(name)} cannot be matched as a claim",
                    name == "sub" ? "the key \"subject\" instead" : "a claim that says who the bearer is");
            else if (claim.Text() is { } value)
                claims.Add(new(SelectorKind.JwtClaim, value, name));
        }
        return claims;
    }
}
