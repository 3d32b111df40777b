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

    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly string Good = Oidc.Sign();
    private static readonly byte[] PublicKey = Encoding.UTF8.GetBytes(ForgeKeys.Jwk(ForgeKeys.P256));
    private static readonly byte[] PublicPem = Encoding.UTF8.GetBytes(ForgeKeys.P256.ExportSubjectPublicKeyInfoPem());

    /// <summary>A good OIDC token, good for an hour from now.</summary>
    public static ForgeJwt Oidc => new() { Iat = Seconds(0), Exp = Seconds(3600) };

    /// <summary>A good JWT-SVID.</summary>
    public static ForgeJwt Svid => Oidc with { Iss = null, Sub = "\"spiffe://example.org/svid\"" };

    public static IReadOnlyList<(Reason Reason, string Token)> All { get; } =
    [
        (Reason.UnknownTrustDomain, (Oidc with { Iss = "\"https://evil.example\"" }).Sign()),
        (Reason.UnknownTrustDomain, (Oidc with { Iss = "\"https://issuer.example/\"" }).Sign()),
        (Reason.UnknownTrustDomain, (Oidc with { Iss = null }).Sign()),
        (Reason.WrongAudience, (Oidc with { Aud = "\"someone-else\"" }).Sign()),
        (Reason.WrongAudience, (Oidc with { Aud = "\"Broker\"" }).Sign()),
        (Reason.WrongAudience, (Oidc with { Aud = null }).Sign()),
        (Reason.EvidenceExpired, (Oidc with { Iat = Seconds(-7200), Exp = Seconds(-1) }).Sign()),
        (Reason.EvidenceNotYetValid, (Oidc with { Nbf = Seconds(600) }).Sign()),
        (Reason.EvidenceMalformed, (Oidc with { Exp = null }).Sign()),
        (Reason.EvidenceMalformed, (Oidc with { Exp = $"\"{Seconds(600)}\"" }).Sign()),
        (Reason.EvidenceMalformed, (Oidc with { Exp = Seconds(7 * 86_400) }).Sign()), // a standing credential
        (Reason.EvidenceMalformed, (Oidc with { Sub = null }).Sign()),
        (Reason.EvidenceMalformed, (Oidc with { More = "\"sub\":\"again\"" }).Sign()),
        (Reason.AlgorithmNotAllowed, ForgeJws.Unsigned("""{"alg":"none","kid":"k1"}""", Oidc.Payload)),
        (Reason.EvidenceMalformed, Good[..(Good.LastIndexOf('.') + 1)]),
        (Reason.AlgorithmNotAllowed, ForgeJws.SignHmac(PublicKey, """{"alg":"HS256","kid":"k1"}""", Oidc.Payload)),
        (Reason.AlgorithmNotAllowed, ForgeJws.SignHmac(PublicPem, """{"alg":"HS256","kid":"k1"}""", Oidc.Payload)),
        (Reason.AlgorithmNotAllowed, ForgeJws.SignHmac(PublicPem, """{"alg":"ES384","kid":"k1"}""", Oidc.Payload)),
        (Reason.EvidenceMalformed, ForgeJws.Sign(ForgeKeys.P256, """{"alg":"ES256","kid":"k1","crit":["exp"]}""", Oidc.Payload)),
        (Reason.EvidenceMalformed, ForgeJws.Sign(ForgeKeys.P256, """{"alg":"ES256","kid":"k1","jku":"https://evil.example"}""", Oidc.Payload)),
        (Reason.EvidenceMalformed, ForgeJws.Sign(ForgeKeys.P256, """{"alg":"ES256","kid":"k1","typ":"at+jwt"}""", Oidc.Payload)),
        (Reason.UnknownKey, ForgeJws.Sign(ForgeKeys.P256, """{"alg":"ES256","kid":"K1"}""", Oidc.Payload)),
        (Reason.UnknownKey, ForgeJws.Sign(ForgeKeys.P256, """{"alg":"ES256"}""", Oidc.Payload)),
        (Reason.BadSignature, Oidc.Sign(ForgeKeys.OtherP256)),
        (Reason.BadSignature, ForgeJws.WithSignature(Good, new byte[64])),
        (Reason.BadSignature, ForgeJws.SignDer(ForgeKeys.P256, ForgeJws.Es256, Oidc.Payload)),
        (Reason.EvidenceMalformed, Good + ".AAAA.AAAA"),
        (Reason.EvidenceMalformed, Good + "="),
        (Reason.EvidenceMalformed, Good + "\n"),
        (Reason.EvidenceMalformed, ""),
        (Reason.EvidenceMalformed, new string('a', 8_193)),
        (Reason.EvidenceMalformed, (Oidc with { More = $"\"pad\":\"{new string('a', 8_192)}\"" }).Sign()),
        (Reason.NoWorkloadMatches, (Oidc with { Sub = "\"repo:acme/other\"" }).Sign()),
        (Reason.NoWorkloadMatches, (Svid with { Sub = "\"spiffe://example.org/other\"" }).Sign()),
        (Reason.UnknownTrustDomain, (Svid with { Sub = "\"spiffe://evil.example/svid\"" }).Sign()),
        (Reason.UnknownTrustDomain, (Svid with { Sub = "\"spiffe://example.org/../svid\"" }).Sign()),
        (Reason.UnknownTrustDomain, (Svid with { Sub = "\"repo:acme/agents\"" }).Sign()),
        // The right subject of one trust domain, vouched for by another one's issuer.
        (Reason.NoWorkloadMatches, (Oidc with { Sub = "\"spiffe://example.org/svid\"" }).Sign()),
    ];

    /// <summary>NumericDate of a moment from now.</summary>
    public static string Seconds(int fromNow) => $"{Now.ToUnixTimeSeconds() + fromNow}";
}
