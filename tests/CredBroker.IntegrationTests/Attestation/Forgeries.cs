using System.Text;
using CredBroker.Core;
using CredBroker.Tests.Identity;

namespace CredBroker.IntegrationTests.Attestation;

/// <summary>JWTs that must not attest, and why; for the catalog of <see cref="Yaml"/>.</summary>
internal static class Forgeries
{
    public const string Yaml = """
        trust_domains:
          ci.example.org:
            jwt: {profile: oidc, issuer: "https://issuer.example", audiences: [broker], jwks_file: keys.json}
          example.org:
            jwt: {profile: jwt_svid, audiences: [broker], jwks_file: keys.json}
        workloads:
          agents:
            spiffe_id: spiffe://example.org/agents
            owner: team
            class: agent
            attest:
              - jwt: {trust_domain: ci.example.org, subject: "repo:acme/agents"}
              - jwt: {trust_domain: example.org, subject: "spiffe://example.org/svid"}
        """;

    private static readonly byte[] PublicKey = Encoding.UTF8.GetBytes(ForgeKeys.Jwk(ForgeKeys.P256));
    private static readonly byte[] PublicPem = Encoding.UTF8.GetBytes(ForgeKeys.P256.ExportSubjectPublicKeyInfoPem());
    private static readonly byte[] PublicDer = ForgeKeys.P256.ExportSubjectPublicKeyInfo();
    private static readonly string ThievesKey = ForgeKeys.Jwk(ForgeKeys.OtherP256);

    /// <summary>A good OIDC token, good for an hour from now.</summary>
    public static ForgeJwt Oidc => new() { Iat = Seconds(0), Exp = Seconds(3600) };

    /// <summary>A good JWT-SVID.</summary>
    public static ForgeJwt Svid => Oidc with { Iss = null, Sub = "\"spiffe://example.org/svid\"" };

    /// <summary>All of them, made anew at each look: a test run may take longer than such a token lives.</summary>
    public static IReadOnlyList<(Reason Reason, string Token)> All => Made(Oidc.Sign());

    /// <summary>Those that are refused for that reason.</summary>
    public static IEnumerable<string> Of(Reason reason) => All.Where(forgery => forgery.Reason == reason).Select(forgery => forgery.Token);

    /// <summary>NumericDate of a moment from now.</summary>
    public static string Seconds(int fromNow) => $"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + fromNow}";

    private static IReadOnlyList<(Reason Reason, string Token)> Made(string good) =>
    [
        (Reason.UnknownTrustDomain, (Oidc with { Iss = "\"https://evil.example\"" }).Sign()),
        (Reason.UnknownTrustDomain, (Oidc with { Iss = "\"https://issuer.example/\"" }).Sign()),
        (Reason.UnknownTrustDomain, (Oidc with { Iss = "\"https://ISSUER.example\"" }).Sign()),
        (Reason.UnknownTrustDomain, (Oidc with { Iss = null }).Sign()),
        (Reason.UnknownTrustDomain, (Svid with { Sub = "\"spiffe://evil.example/svid\"" }).Sign()),
        (Reason.UnknownTrustDomain, (Svid with { Sub = "\"spiffe://example.org/../svid\"" }).Sign()),
        (Reason.UnknownTrustDomain, (Svid with { Sub = "\"repo:acme/agents\"" }).Sign()),
        (Reason.EvidenceKindNotAllowed, (Svid with { Sub = "\"spiffe://ci.example.org/svid\"" }).Sign()),
        (Reason.WrongAudience, (Oidc with { Aud = "\"someone-else\"" }).Sign()),
        (Reason.WrongAudience, (Oidc with { Aud = "\"Broker\"" }).Sign()),
        (Reason.WrongAudience, (Oidc with { Aud = "\"broker/\"" }).Sign()),
        (Reason.WrongAudience, (Oidc with { Aud = "[\"a\",\"broker \"]" }).Sign()),
        (Reason.WrongAudience, (Oidc with { Aud = null }).Sign()),
        (Reason.WrongAudience, (Svid with { Aud = "\"spiffe://example.org/somebody-else\"" }).Sign()),
        (Reason.EvidenceExpired, (Oidc with { Iat = Seconds(-7200), Exp = Seconds(-1) }).Sign()),
        (Reason.EvidenceExpired, (Oidc with { Iat = Seconds(8), Exp = Seconds(7) }).Sign()),
        (Reason.EvidenceExpired, (Svid with { Iat = Seconds(-600), Exp = Seconds(-300) }).Sign()),
        (Reason.EvidenceNotYetValid, (Oidc with { Nbf = Seconds(600) }).Sign()),
        (Reason.EvidenceNotYetValid, (Oidc with { Iat = Seconds(600) }).Sign()),
        (Reason.EvidenceNotYetValid, (Svid with { Nbf = Seconds(600) }).Sign()),
        (Reason.EvidenceMalformed, (Oidc with { Exp = null }).Sign()),
        (Reason.EvidenceMalformed, (Oidc with { Exp = $"\"{Seconds(600)}\"" }).Sign()),
        (Reason.EvidenceMalformed, (Oidc with { Exp = Seconds(7 * 86_400) }).Sign()), // a standing credential
        (Reason.EvidenceMalformed, (Oidc with { Sub = null }).Sign()),
        (Reason.EvidenceMalformed, (Oidc with { Sub = "7" }).Sign()),
        (Reason.EvidenceMalformed, (Oidc with { Aud = "{}" }).Sign()),
        (Reason.EvidenceMalformed, (Oidc with { More = "\"sub\":\"again\"" }).Sign()),
        (Reason.EvidenceMalformed, (Svid with { Iss = "[\"https://issuer.example\"]" }).Sign()),
        (Reason.AlgorithmNotAllowed, ForgeJws.Unsigned("""{"alg":"none","kid":"k1"}""", Oidc.Payload)),
        (Reason.AlgorithmNotAllowed, ForgeJws.Unsigned("""{"alg":"None"}""", Oidc.Payload)),
        (Reason.AlgorithmNotAllowed, ForgeJws.Unsigned("""{"kid":"k1"}""", Oidc.Payload)),
        (Reason.AlgorithmNotAllowed, ForgeJws.SignHmac(PublicKey, """{"alg":"HS256","kid":"k1"}""", Oidc.Payload)),
        (Reason.AlgorithmNotAllowed, ForgeJws.SignHmac(PublicPem, """{"alg":"HS256","kid":"k1"}""", Oidc.Payload)),
        (Reason.AlgorithmNotAllowed, ForgeJws.SignHmac(PublicDer, """{"alg":"HS256","kid":"k1"}""", Oidc.Payload)),
        (Reason.AlgorithmNotAllowed, ForgeJws.SignHmac(PublicPem, """{"alg":"ES384","kid":"k1"}""", Oidc.Payload)),
        (Reason.AlgorithmNotAllowed, ForgeJws.SignHmac(PublicPem, """{"alg":"RS256","kid":"k1"}""", Svid.Payload)),
        (Reason.AlgorithmNotAllowed, ForgeJws.Sign(ForgeKeys.P256, """{"alg":"ES256","kid":"k3"}""", Oidc.Payload)),
        (Reason.EvidenceMalformed, ForgeJws.Sign(ForgeKeys.P256, """{"alg":"ES256","kid":"k1","crit":["exp"]}""", Oidc.Payload)),
        (Reason.EvidenceMalformed, ForgeJws.Sign(ForgeKeys.P256, """{"alg":"ES256","kid":"k1","crit":[]}""", Oidc.Payload)),
        (Reason.EvidenceMalformed, ForgeJws.Sign(ForgeKeys.P256, """{"alg":"ES256","kid":"k1","crit":["b64"],"b64":false}""", Oidc.Payload)),
        (Reason.EvidenceMalformed, ForgeJws.Sign(ForgeKeys.P256, """{"alg":"ES256","kid":"k1","jku":"https://evil.example"}""", Oidc.Payload)),
        (Reason.EvidenceMalformed, ForgeJws.Sign(ForgeKeys.OtherP256, $$"""{"alg":"ES256","kid":"k1","jwk":{{ThievesKey}}}""", Oidc.Payload)),
        (Reason.EvidenceMalformed, ForgeJws.Sign(ForgeKeys.P256, """{"alg":"ES256","kid":"k1","typ":"at+jwt"}""", Oidc.Payload)),
        (Reason.EvidenceMalformed, ForgeJws.Sign(ForgeKeys.P256, """{"alg":"ES256","kid":"k1","typ":"dpop+jwt"}""", Svid.Payload)),
        (Reason.UnknownKey, ForgeJws.Sign(ForgeKeys.P256, """{"alg":"ES256","kid":"K1"}""", Oidc.Payload)),
        (Reason.UnknownKey, ForgeJws.Sign(ForgeKeys.P256, """{"alg":"ES256"}""", Oidc.Payload)),
        (Reason.UnknownKey, ForgeJws.Sign(ForgeKeys.P256, """{"alg":"ES256","kid":"../k1"}""", Svid.Payload)),
        (Reason.BadSignature, Oidc.Sign(ForgeKeys.OtherP256)),
        (Reason.BadSignature, Svid.Sign(ForgeKeys.OtherP256)),
        (Reason.BadSignature, ForgeJws.WithSignature(good, new byte[64])),
        (Reason.BadSignature, ForgeJws.WithSignature(good, ForgeJws.SignatureOf(Svid.Sign()))),
        (Reason.BadSignature, ForgeJws.SignDer(ForgeKeys.P256, ForgeJws.Es256, Oidc.Payload)),
        (Reason.EvidenceMalformed, good[..(good.LastIndexOf('.') + 1)]),
        (Reason.EvidenceMalformed, good + ".AAAA.AAAA"),
        (Reason.EvidenceMalformed, $"{ForgeJws.Encode("""{"alg":"RSA-OAEP","enc":"A256GCM"}""")}.AAAA.AAAA.AAAA.AAAA"), // five parts are a JWE
        (Reason.EvidenceMalformed, good + "="),
        (Reason.EvidenceMalformed, good + "\n"),
        (Reason.EvidenceMalformed, ""),
        (Reason.EvidenceMalformed, new string('a', 8_193)),
        (Reason.EvidenceMalformed, (Oidc with { More = $"\"pad\":\"{new string('a', 8_192)}\"" }).Sign()),
        (Reason.EvidenceMalformed, (Oidc with { More = $"\"deep\":{new string('[', 2_500)}{new string(']', 2_500)}" }).Sign()),
        (Reason.NoWorkloadMatches, (Oidc with { Sub = "\"repo:acme/other\"" }).Sign()),
        (Reason.NoWorkloadMatches, (Oidc with { Sub = "\"repo:acme/agents \"" }).Sign()),
        (Reason.NoWorkloadMatches, (Svid with { Sub = "\"spiffe://example.org/other\"" }).Sign()),
        // The right subject of one trust domain, vouched for by another one's issuer.
        (Reason.NoWorkloadMatches, (Oidc with { Sub = "\"spiffe://example.org/svid\"" }).Sign()),
    ];
}
