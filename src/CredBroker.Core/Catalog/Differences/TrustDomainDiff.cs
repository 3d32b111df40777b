namespace CredBroker.Core.Catalog.Differences;

/// <summary>Differences of one trust domain.</summary>
internal static class TrustDomainDiff
{
    internal static string Describe(TrustedDomain domain) => (domain.Jwt, domain.X509) switch
    {
        (null, null) => "vouches with nothing but the broker's own word",
        (_, null) => "vouches with JWTs",
        (null, _) => "vouches with X.509-SVIDs",
        _ => "vouches with JWTs and X.509-SVIDs",
    };

    internal static void Add(DifferenceList found, string label, TrustedDomain old, TrustedDomain @new)
    {
        found.Permission(label, "jwt", old.Jwt is not null, @new.Jwt is not null);
        if (old.Jwt is { } before && @new.Jwt is { } after)
        {
            found.Value(label, "profile", Profile(before), Profile(after));
            found.Value(label, "issuer", before.Issuer, after.Issuer);
            found.Members(label, "accepts audience", "no longer accepts audience", before.Audiences, after.Audiences);
            found.Value(label, "keys", Source(before.Keys), Source(after.Keys));
        }
        found.Permission(label, "x509", old.X509 is not null, @new.X509 is not null);
        if (old.X509 is not null && @new.X509 is not null)
            found.Value(label, "bundle_file", old.X509.BundleFile, @new.X509.BundleFile);
    }

    private static string Profile(JwtTrust trust) => trust.Profile == JwtProfile.Oidc ? "oidc" : "jwt_svid";

    private static string Source(KeySource source) => source switch
    {
        KeySource.File file => $"file {file.Name}",
        KeySource.Url url => url.Address.AbsoluteUri,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
