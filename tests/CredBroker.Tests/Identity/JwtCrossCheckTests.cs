using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using CredBroker.Core.Identity;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CredBroker.Tests.Identity;

/// <summary>The same tokens through another implementation, which shares no code with ours.</summary>
public sealed class JwtCrossCheckTests
{
    private static readonly JwkSet Keys = ForgeJwt.Read(ForgeJwt.Jwks);
    private static readonly JwtEvidenceRules Rules = new() { Issuer = ForgeJwt.Issuer, Audiences = [ForgeJwt.Audience] };
    private static readonly JsonWebTokenHandler Library = new();
    private static readonly ECDsaSecurityKey P256 = new(ForgeKeys.P256) { KeyId = "k1" };
    private static readonly ECDsaSecurityKey P384 = new(ForgeKeys.P384) { KeyId = "k2" };
    private static readonly RsaSecurityKey Rsa = new(ForgeKeys.Rsa) { KeyId = "k3" };

    [Theory]
    [InlineData(JwsAlgorithm.ES256)]
    [InlineData(JwsAlgorithm.ES384)]
    [InlineData(JwsAlgorithm.RS256)]
    [InlineData(JwsAlgorithm.PS256)]
    public void Tokens_made_by_the_library_are_verified_by_us(JwsAlgorithm algorithm)
    {
        SecurityKey key = algorithm switch { JwsAlgorithm.ES256 => P256, JwsAlgorithm.ES384 => P384, _ => Rsa };
        var token = Library.CreateToken(new ForgeJwt { Nbf = "1792497600" }.Payload, new SigningCredentials(key, algorithm.ToString()));
        var verified = Assert.IsType<JwtEvidenceOutcome.Verified>(Ours(token));
        Assert.Equal("repo:acme/agents", verified.Subject);
    }

    [Theory]
    [InlineData(JwsAlgorithm.ES256)]
    [InlineData(JwsAlgorithm.ES384)]
    [InlineData(JwsAlgorithm.RS256)]
    [InlineData(JwsAlgorithm.PS256)]
    public void Tokens_that_we_verify_are_verified_by_the_library(JwsAlgorithm algorithm)
    {
        var (id, sign) = algorithm switch
        {
            JwsAlgorithm.ES256 => ("k1", (Func<ForgeJwt, string>)(token => token.Sign())),
            JwsAlgorithm.ES384 => ("k2", token => token.Sign(ForgeKeys.P384)),
            JwsAlgorithm.RS256 => ("k3", token => token.Sign(ForgeKeys.Rsa)),
            _ => ("k3", token => token.Sign(ForgeKeys.Rsa, RSASignaturePadding.Pss)),
        };
        var token = sign(new ForgeJwt { Header = $$"""{"alg":"{{algorithm}}","kid":"{{id}}"}""" });
        Assert.IsType<JwtEvidenceOutcome.Verified>(Ours(token));
        Assert.True(LibraryAccepts(token));
    }

    [Fact]
    public void Thumbprints_agree_with_the_library()
    {
        foreach (var jwk in (string[])[ForgeKeys.Jwk(ForgeKeys.P256), ForgeKeys.Jwk(ForgeKeys.P384), ForgeKeys.Jwk(ForgeKeys.Rsa)])
        {
            Assert.Equal(Base64UrlEncoder.Encode(new JsonWebKey(jwk).ComputeJwkThumbprint()), ForgeKeys.Parse(jwk).Thumbprint.ToString());
        }
    }

    [Fact]
    public void A_dpop_proof_verifies_in_the_library_with_the_key_that_it_carries()
    {
        using var key = EphemeralKey.Create();
        var proof = DpopProof.Create(key, "POST", "https://broker.example/x", ForgeJwt.Now, "id");
        var read = new JsonWebToken(proof);
        var jwk = new JsonWebKey(key.Public.ToJson());
        var verifier = jwk.CryptoProviderFactory.CreateForVerifying(jwk, read.Alg);
        Assert.True(verifier.Verify(
            Encoding.ASCII.GetBytes($"{read.EncodedHeader}.{read.EncodedPayload}"), Base64UrlEncoder.DecodeBytes(read.EncodedSignature)));
        Assert.Equal("dpop+jwt", read.Typ);
        Assert.Equal("POST", read.GetPayloadValue<string>("htm"));
    }

    /// <summary>Forms that version 6.8.0 of the library lets through: the reason why the one reader is our own.</summary>
    public static TheoryData<string, string> Irregular => new()
    {
        { "crit", Header("\"crit\":[\"x\"]") },
        { "b64", Header("\"b64\":false") },
        { "zip", Header("\"zip\":\"DEF\"") },
        { "cty", Header("\"cty\":\"x\"") },
        { "foreign typ", Header("\"typ\":\"dpop+jwt\"") },
        { "jku", Header("\"jku\":\"https://evil.example\"") },
        { "alg twice", ForgeJws.Sign(ForgeKeys.P256, """{"alg":"none","kid":"k1","alg":"ES256"}""", new ForgeJwt().Payload) },
        { "sub twice", new ForgeJwt { More = "\"sub\":\"root\"" }.Sign() },
        { "comment", ForgeJws.Sign(ForgeKeys.P256, ForgeJws.Es256, "/* */" + new ForgeJwt().Payload) },
        { "single quotes", ForgeJws.Sign(ForgeKeys.P256, ForgeJws.Es256, new ForgeJwt().Payload.Replace('"', '\'')) },
        { "invalid UTF-8", InvalidUtf8() },
        { "padding", Padded() },
        { "no sub", new ForgeJwt { Sub = null }.Sign() },
        { "sub a number", new ForgeJwt { Sub = "7" }.Sign() },
        { "exp a string", new ForgeJwt { Exp = "\"1792501200\"" }.Sign() },
        { "exp a fraction", new ForgeJwt { Exp = "1792501200.5" }.Sign() },
        { "iat ahead", new ForgeJwt { Iat = "1792501199" }.Sign() },
        { "lives for years", new ForgeJwt { Exp = "1992501200" }.Sign() },
        { "aud with a slash", new ForgeJwt { Aud = "\"broker/\"" }.Sign() },
        { "deep", new ForgeJwt { More = $"\"x\":{new string('[', 200)}{new string(']', 200)}" }.Sign() },
    };

    [Theory]
    [MemberData(nameof(Irregular))]
    public void What_the_library_lets_through_is_refused_here(string form, string token)
    {
        Assert.True(LibraryAccepts(token), $"the library refuses {form} too");
        Assert.IsType<JwtEvidenceOutcome.Refused>(Ours(token));
    }

    [Fact]
    public void Whatever_we_verify_of_two_thousand_odd_tokens_the_library_verifies_too()
    {
        var mutations = new Mutations(12);
        var good = new ForgeJwt { More = "\"a\":{\"b\":[1,2.5,null,true]}" };
        var both = 0;
        for (var i = 0; i < 2_000; i++)
        {
            var (header, payload) = i % 4 == 0 ? (mutations.Damage(good.Header), good.Payload) : (good.Header, mutations.Damage(good.Payload));
            var token = ForgeJws.Sign(ForgeKeys.P256, header, payload);
            if (Ours(token) is not JwtEvidenceOutcome.Verified) continue;
            both++;
            Assert.True(LibraryAccepts(token), $"{header} {payload}");
        }
        Assert.InRange(both, 5, 1_500);
    }

    private static JwtEvidenceOutcome Ours(string token) => JwtEvidence.Verify(token, Keys, Rules, ForgeJwt.Now);

    private static bool LibraryAccepts(string token) => Library.ValidateToken(token, new TokenValidationParameters
    {
        ValidIssuer = ForgeJwt.Issuer,
        ValidAudience = ForgeJwt.Audience,
        IssuerSigningKeys = [P256, P384, Rsa],
        ClockSkew = TimeSpan.Zero,
        // The library reads the machine's clock; this is its own rule at our time.
        LifetimeValidator = (notBefore, expires, _, _) =>
            expires > ForgeJwt.Now.UtcDateTime && (notBefore is null || notBefore <= ForgeJwt.Now.UtcDateTime + JwtEvidence.Skew),
    }).IsValid;

    private static string Header(string member) =>
        ForgeJws.Sign(ForgeKeys.P256, $$"""{"alg":"ES256","kid":"k1",{{member}}}""", new ForgeJwt().Payload);

    private static string InvalidUtf8()
    {
        var payload = Encoding.UTF8.GetBytes(new ForgeJwt().Payload);
        payload[payload.AsSpan().IndexOf("acme"u8)] = 0xFF;
        return ForgeJws.SignText(ForgeKeys.P256, $"{ForgeJws.Encode(ForgeJws.Es256)}.{Base64Url.EncodeToString(payload)}");
    }

    private static string Padded()
    {
        var payload = ForgeJws.Encode(new ForgeJwt { Sub = "\"ab\"" }.Payload);
        for (var sub = "ab"; payload.Length % 4 == 0; sub += "c") payload = ForgeJws.Encode(new ForgeJwt { Sub = $"\"{sub}\"" }.Payload);
        return ForgeJws.SignText(ForgeKeys.P256, $"{ForgeJws.Encode(ForgeJws.Es256)}.{payload}") + "==";
    }
}
