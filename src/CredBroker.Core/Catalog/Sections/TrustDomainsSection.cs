using System.Collections.Immutable;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Catalog.Sections;

/// <summary>The section <c>trust_domains</c>: whose evidence counts, and how it is verified.</summary>
internal static class TrustDomainsSection
{
    private const int MaxTrustDomains = 64;
    private const int MaxAudiences = 8;

    internal static Declared<TrustDomain, TrustedDomain> Read(Field? section, ReferencedFiles files)
    {
        var declared = new Declared<TrustDomain, TrustedDomain>();
        if (section is null)
            return declared;

        var issuers = new Unique("issuer");
        foreach (var (name, field) in section.NamedBy<TrustDomain>("trust domain", MaxTrustDomains, TrustDomain.TryParse,
                     "a SPIFFE trust domain: up to 255 of a-z, 0-9, \".\", \"_\" and \"-\""))
            declared.Add(name, One(name, field, files, issuers));
        return declared;
    }

    private static TrustedDomain? One(TrustDomain name, Field field, ReferencedFiles files, Unique issuers)
    {
        if (field.Fields("jwt", "x509") is not { } keys)
            return null;
        var jwt = keys.May("jwt");
        var x509 = keys.May("x509");
        var jwtTrust = jwt is null ? null : Jwt(jwt, files, issuers);
        var x509Trust = x509 is null ? null : X509(x509, files);
        return jwtTrust is null != jwt is null || x509Trust is null != x509 is null ? null : new(name, jwtTrust, x509Trust);
    }

    private static JwtTrust? Jwt(Field field, ReferencedFiles files, Unique issuers)
    {
        if (field.Fields("profile", "issuer", "audiences", "jwks_file", "jwks_url") is not { } keys)
            return null;

        var profile = keys.Must("profile")?.OneOf(("jwt_svid", JwtProfile.JwtSvid), ("oidc", JwtProfile.Oidc));
        var issuer = profile == JwtProfile.Oidc ? keys.Must("issuer") : keys.May("issuer");
        var iss = issuer?.StringOrUri();
        if (iss is not null)
            issuers.Add(iss, issuer!);
        var audiences = Audiences(keys.Must("audiences"));
        var source = keys.ExactlyOne("jwks_file", "jwks_url") is { } given ? Keys(given, files) : null;
        return profile is null || audiences.IsEmpty || source is null || issuer is not null && iss is null
            ? null
            : new JwtTrust(profile.Value, iss, audiences, source);
    }

    private static ImmutableArray<string> Audiences(Field? field)
    {
        var audiences = new List<string>();
        var unique = new Unique("audience");
        foreach (var item in field?.Items("an audience", MaxAudiences) ?? [])
        {
            if (item.StringOrUri() is { } audience && unique.Add(audience, item))
                audiences.Add(audience);
        }
        return [.. audiences];
    }

    private static KeySource? Keys(Field field, ReferencedFiles files)
    {
        if (field.Key == "jwks_url")
            return field.Address() is { } address ? new KeySource.Url(address) : null;
        return files.Resolve(field) is { } file && TrustDocuments.Keys(field, file.Name, file.Content) is { } keys
            ? new KeySource.File(file.Name, keys)
            : null;
    }

    private static X509Trust? X509(Field field, ReferencedFiles files) =>
        field.Fields("bundle_file")?.Must("bundle_file") is { } bundle && files.Resolve(bundle) is { } file
        && TrustDocuments.Anchors(bundle, file.Name, file.Content) is { } anchors
            ? new(file.Name, anchors)
            : null;
}
