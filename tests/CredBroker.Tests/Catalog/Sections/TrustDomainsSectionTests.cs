using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using static CredBroker.Core.Catalog.CatalogErrorKind;

namespace CredBroker.Tests.Catalog.Sections;

public sealed class TrustDomainsSectionTests
{
    [Fact]
    public void Each_way_to_vouch_is_read()
    {
        var domains = CatalogText.Valid(CatalogText.Of()).Catalog.TrustDomains;

        Assert.Equal("bundle.pem", domains[Domain("example.test")].X509?.BundleFile);
        Assert.Null(domains[Domain("example.test")].Jwt);
        var oidc = domains[Domain("ci.example.test")].Jwt!;
        Assert.Equal((JwtProfile.Oidc, "https://ci.example.test"), (oidc.Profile, oidc.Issuer));
        Assert.Equal(["credbroker"], oidc.Audiences);
        Assert.Equal("https://ci.example.test/keys", Assert.IsType<KeySource.Url>(oidc.Keys).Address.AbsoluteUri);
        var svid = domains[Domain("svid.test")].Jwt!;
        Assert.Equal((JwtProfile.JwtSvid, null), (svid.Profile, svid.Issuer));
        Assert.Equal("keys.json", Assert.IsType<KeySource.File>(svid.Keys).Name);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080/keys")]
    [InlineData("http://localhost/keys")]
    [InlineData("http://[::1]:9/keys")]
    [InlineData("https://keys.example.test/a?b=c")]
    public void Keys_come_over_https_or_from_this_machine(string url) =>
        Assert.Empty(CatalogText.Valid(With($"jwt: {{profile: oidc, issuer: x, audiences: [a], jwks_url: \"{url}\"}}")).Warnings);

    [Theory]
    [InlineData("http://keys.example.test/")]
    [InlineData("http://127.0.0.1.example.test/")]
    [InlineData("ftp://keys.example.test/")]
    [InlineData("https://user@keys.example.test/")]
    [InlineData("https://keys.example.test/#a")]
    [InlineData("/keys.json")]
    [InlineData("keys.json")]
    public void Keys_from_elsewhere_are_refused(string url) =>
        CatalogText.AssertProblems(With($"jwt: {{profile: oidc, issuer: x, audiences: [a], jwks_url: §\"{url}\"}}"), (BadText, "https address"));

    [Theory]
    [InlineData("§jwt: {audiences: [a], jwks_file: keys.json}", MissingKey, "\"profile\" is missing in \"jwt\"")]
    [InlineData("§jwt: {profile: oidc, audiences: [a], jwks_file: keys.json}", MissingKey, "\"issuer\" is missing")]
    [InlineData("§jwt: {profile: jwt_svid, jwks_file: keys.json}", MissingKey, "\"audiences\" is missing")]
    [InlineData("§jwt: {profile: jwt_svid, audiences: [a]}", Contradiction, "\"jwt\" has none; expected exactly one of jwks_file or jwks_url")]
    [InlineData("§jwt: {profile: jwt_svid, audiences: [a], jwks_file: keys.json, jwks_url: https://x.test}", Contradiction, "jwks_file and jwks_url")]
    [InlineData("jwt: {profile: §jwt-svid, audiences: [a], jwks_file: keys.json}", WrongType, "expected jwt_svid or oidc; did you mean \"jwt_svid\"?")]
    [InlineData("jwt: {profile: jwt_svid, audiences: §[], jwks_file: keys.json}", OutOfRange, "an empty list; expected at least one item")]
    [InlineData("jwt: {profile: jwt_svid, audiences: §a, jwks_file: keys.json}", WrongType, "expected a list")]
    [InlineData("jwt: {profile: jwt_svid, audiences: [a, §a], jwks_file: keys.json}", DuplicateName, "audience \"a\" is already given on line 5")]
    [InlineData("jwt: {profile: jwt_svid, audiences: [§a b], jwks_file: keys.json}", BadText, "without spaces")]
    [InlineData("jwt: {profile: jwt_svid, audiences: [a], jwks_file: §key.json}", Dangling, "did you mean \"keys.json\"?")]
    [InlineData("jwt: {profile: jwt_svid, audiences: [a], jwks_file: §broker.yaml}", Dangling, "is not in the catalog")]
    [InlineData("jwt: {profile: jwt_svid, audiences: [a], §jwk_file: keys.json, jwks_file: keys.json}", UnknownKey, "did you mean \"jwks_file\"?")]
    public void Mistakes_are_told_with_their_place(string jwt, CatalogErrorKind kind, string says) =>
        CatalogText.AssertProblems(With(jwt), (kind, says));

    [Fact]
    public void Two_trust_domains_do_not_share_an_issuer() => CatalogText.AssertProblems(CatalogText.Of(trustDomains: """
        trust_domains:
          example.test: {x509: {bundle_file: bundle.pem}}
          a.test: {jwt: {profile: oidc, issuer: one, audiences: [x], jwks_file: keys.json}}
          b.test: {jwt: {profile: oidc, issuer: §one, audiences: [x], jwks_file: keys.json}}
        """), (DuplicateName, "issuer \"one\" is already given on line 3"));

    [Fact]
    public void A_name_outside_the_grammar_is_refused_and_not_confused_with_a_known_one() => CatalogText.AssertProblems(CatalogText.Of(trustDomains: """
        trust_domains:
          §Example.Test: {jwt: {profile: oidc, issuer: one, audiences: [x], jwks_file: keys.json}}
          b.test: {x509: {bundle_file: bundle.pem}}
        """, workloads: """
        workloads:
          agent:
            spiffe_id: §spiffe://example.test/agent
            owner: o
            class: c
            attest: [{join_token: true}]
        """).Replace("b.test: {", "b.test: {jwt: {profile: oidc, issuer: two, audiences: [x], jwks_file: keys.json}, ", StringComparison.Ordinal),
        (BadText, "\"Example.Test\" is no trust domain name"), (Dangling, "trust domain \"example.test\" is not declared"));

    private static string With(string jwt) => CatalogText.Of(trustDomains: $$"""
        trust_domains:
          example.test:
            x509:
              bundle_file: bundle.pem
            {{jwt}}
          other.test:
            jwt:
              profile: jwt_svid
              audiences: [x]
              jwks_file: keys.json
        """);

    private static TrustDomain Domain(string name) => TrustDomain.TryParse(name, out var domain) ? domain : throw new ArgumentException(name);
}
