using System.Security.Cryptography;
using System.Text;
using CredBroker.Core.Identity;

namespace CredBroker.Tests.Identity;

public sealed class JwtEvidenceTests
{
    private static readonly JwkSet Keys = ForgeJwt.Read(ForgeJwt.Jwks);
    private static readonly JwtEvidenceRules Oidc = new() { Issuer = ForgeJwt.Issuer, Audiences = [ForgeJwt.Audience, "other"] };
    private static readonly JwtEvidenceRules Svid = new() { SvidOf = Domain("example.org"), Audiences = [ForgeJwt.Audience] };
    private static readonly ForgeJwt GoodSvid = new() { Iss = null, Sub = "\"spiffe://example.org/agent\"", Iat = null };

    [Fact]
    public void A_good_oidc_token_is_verified()
    {
        var token = new ForgeJwt { More = "\"environment\":\"prod\",\"run_attempt\":1" };
        var verified = Assert.IsType<JwtEvidenceOutcome.Verified>(Verify(token.Sign()));
        Assert.Equal("repo:acme/agents", verified.Subject);
        Assert.Null(verified.SpiffeId);
        Assert.Equal(ForgeJwt.Now.AddHours(1), verified.ExpiresAt);
        var texts = verified.Claims.Texts();
        Assert.Equal("prod", texts["environment"]);
        Assert.False(texts.ContainsKey("run_attempt"));
        Assert.False(texts.ContainsKey("exp"));
    }

    [Fact]
    public void Every_accepted_algorithm_verifies_with_its_own_key()
    {
        Verifies(new ForgeJwt { Header = """{"alg":"ES384","kid":"k2"}""" }.Sign(ForgeKeys.P384));
        Verifies(new ForgeJwt { Header = """{"alg":"RS256","kid":"k3","x5t":"abc"}""" }.Sign(ForgeKeys.Rsa));
        Verifies(new ForgeJwt { Header = """{"alg":"PS256","kid":"k3"}""" }.Sign(ForgeKeys.Rsa, RSASignaturePadding.Pss));
    }

    [Fact]
    public void A_good_jwt_svid_is_verified()
    {
        var verified = Assert.IsType<JwtEvidenceOutcome.Verified>(Verify(GoodSvid.Sign(), Svid));
        Assert.Equal("spiffe://example.org/agent", verified.SpiffeId.ToString());
        Verifies((GoodSvid with { Header = """{"alg":"ES256","kid":"k1","typ":"JOSE"}""" }).Sign(), Svid);
        Verifies((GoodSvid with { Header = """{"alg":"ES256","kid":"k1"}""", Iss = "\"anything\"" }).Sign(), Svid);
    }

    [Theory]
    [InlineData("\"spiffe://other.org/agent\"")]
    [InlineData("\"spiffe://example.org\"")]
    [InlineData("\"spiffe://example.org/\"")]
    [InlineData("\"spiffe://EXAMPLE.org/agent\"")]
    [InlineData("\"spiffe://example.org/a/../b\"")]
    [InlineData("\"agent\"")]
    [InlineData(null)]
    public void The_subject_of_a_jwt_svid_is_a_spiffe_id_of_its_trust_domain(string? sub) =>
        Refuses(JwtEvidenceRefusal.Subject, (GoodSvid with { Sub = sub }).Sign(), Svid);

    [Fact]
    public void A_token_without_a_subject_is_refused() => Refuses(JwtEvidenceRefusal.Subject, new ForgeJwt { Sub = null }.Sign());

    [Fact]
    public void Unsigned_and_confused_algorithms_are_refused()
    {
        var payload = new ForgeJwt().Payload;
        foreach (var alg in (string[])["none", "None", "NONE", ""])
        {
            Refuses(JwtEvidenceRefusal.Algorithm, ForgeJws.Unsigned($$"""{"alg":"{{alg}}","kid":"k1"}""", payload));
        }
        Refuses(JwtEvidenceRefusal.Parts, ForgeJws.Unsigned("""{"alg":"none","kid":"k1"}""", payload, []));
        byte[][] secrets =
        [
            Encoding.ASCII.GetBytes(ForgeKeys.Rsa.ExportSubjectPublicKeyInfoPem()),
            ForgeKeys.Rsa.ExportSubjectPublicKeyInfo(),
            Encoding.ASCII.GetBytes(ForgeKeys.Jwk(ForgeKeys.P256)),
        ];
        foreach (var secret in secrets)
        {
            Refuses(JwtEvidenceRefusal.Algorithm, ForgeJws.SignHmac(secret, """{"alg":"HS256","kid":"k3"}""", payload));
            Refuses(JwtEvidenceRefusal.Signature, ForgeJws.SignHmac(secret, """{"alg":"RS256","kid":"k3"}""", payload));
        }
    }

    [Fact]
    public void The_key_decides_the_algorithm()
    {
        Refuses(JwtEvidenceRefusal.Algorithm, new ForgeJwt { Header = """{"alg":"ES384","kid":"k1"}""" }.Sign());
        Refuses(JwtEvidenceRefusal.Algorithm, new ForgeJwt { Header = """{"alg":"RS256","kid":"k1"}""" }.Sign());
        Refuses(JwtEvidenceRefusal.Algorithm, new ForgeJwt { Header = """{"alg":"ES256","kid":"k2"}""" }.Sign(ForgeKeys.P384));
        var rsOnly = ForgeJwt.Read(ForgeKeys.Set(ForgeKeys.Jwk(ForgeKeys.Rsa, "\"kid\":\"k3\",\"alg\":\"RS256\"")));
        var ps = new ForgeJwt { Header = """{"alg":"PS256","kid":"k3"}""" }.Sign(ForgeKeys.Rsa, RSASignaturePadding.Pss);
        Assert.Equal(new JwtEvidenceOutcome.Refused(JwtEvidenceRefusal.Algorithm), JwtEvidence.Verify(ps, rsOnly, Oidc, ForgeJwt.Now));
    }

    [Theory]
    [InlineData("""{"alg":"ES256"}""")]
    [InlineData("""{"alg":"ES256","kid":"K1"}""")]
    [InlineData("""{"alg":"ES256","kid":"k9"}""")]
    public void Keys_are_chosen_by_id_alone(string header) => Refuses(JwtEvidenceRefusal.UnknownKey, new ForgeJwt { Header = header }.Sign());

    [Theory]
    [InlineData("at+jwt")]
    [InlineData("dpop+jwt")]
    [InlineData("jwt")]
    [InlineData("secevent+jwt")]
    public void Tokens_for_another_purpose_are_refused(string typ) =>
        Refuses(JwtEvidenceRefusal.Type, new ForgeJwt { Header = $$"""{"alg":"ES256","kid":"k1","typ":"{{typ}}"}""" }.Sign());

    [Theory]
    [InlineData("\"crit\":[\"exp\"]", JwtEvidenceRefusal.CriticalHeader)]
    [InlineData("\"crit\":[\"b64\"],\"b64\":false", JwtEvidenceRefusal.CriticalHeader)]
    [InlineData("\"b64\":false", JwtEvidenceRefusal.Malformed)]
    [InlineData("\"zip\":\"DEF\"", JwtEvidenceRefusal.Malformed)]
    [InlineData("\"jku\":\"https://evil.example/jwks\"", JwtEvidenceRefusal.Malformed)]
    [InlineData("\"jwk\":{}", JwtEvidenceRefusal.Malformed)]
    [InlineData("\"kid\":\"k1\"", JwtEvidenceRefusal.Malformed)]
    public void Headers_with_more_than_we_know_are_refused(string member, JwtEvidenceRefusal expected) =>
        Refuses(expected, new ForgeJwt { Header = $$"""{"alg":"ES256","kid":"k1",{{member}}}""" }.Sign());

    [Fact]
    public void Forged_signatures_are_refused()
    {
        var good = new ForgeJwt();
        var token = good.Sign();
        var signature = ForgeJws.SignatureOf(token);
        Refuses(JwtEvidenceRefusal.Signature, good.Sign(ForgeKeys.OtherP256));
        Refuses(JwtEvidenceRefusal.Signature, ForgeJws.SignDer(ForgeKeys.P256, good.Header, good.Payload));
        Refuses(JwtEvidenceRefusal.Signature, ForgeJws.WithSignature(token, new byte[64]));
        Refuses(JwtEvidenceRefusal.Signature, ForgeJws.WithSignature(token, [.. signature, 0]));
        Refuses(JwtEvidenceRefusal.Signature, ForgeJws.WithSignature(token, [.. signature[32..], .. signature[..32]]));
        Refuses(JwtEvidenceRefusal.Signature, string.Join('.', token.Split('.')[0], ForgeJws.Encode((good with { Sub = "\"root\"" }).Payload), token.Split('.')[2]));
    }

    [Fact]
    public void Other_shapes_are_refused()
    {
        var token = new ForgeJwt().Sign();
        Refuses(JwtEvidenceRefusal.Size, new ForgeJwt { More = $"\"x\":\"{new string('x', 8000)}\"" }.Sign());
        Refuses(JwtEvidenceRefusal.Parts, "");
        Refuses(JwtEvidenceRefusal.Parts, token + ".AAAA");
        Refuses(JwtEvidenceRefusal.Parts, token + ".AAAA.AAAA");
        Refuses(JwtEvidenceRefusal.Parts, token[..token.LastIndexOf('.')]);
        foreach (var text in (string[])[token + "==", token + " ", token + "\n", " " + token, token + ",", "Bearer " + token])
        {
            Refuses(JwtEvidenceRefusal.Malformed, text);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("\"https://issuer.example/\"")]
    [InlineData("\"https://ISSUER.example\"")]
    [InlineData("\"https://evil.example\"")]
    public void Another_issuer_is_refused(string? iss) => Refuses(JwtEvidenceRefusal.Issuer, new ForgeJwt { Iss = iss }.Sign());

    [Theory]
    [InlineData(null)]
    [InlineData("\"broker/\"")]
    [InlineData("\"Broker\"")]
    [InlineData("""["a","b"]""")]
    [InlineData("\"broker other\"")]
    public void Another_audience_is_refused(string? aud) => Refuses(JwtEvidenceRefusal.Audience, new ForgeJwt { Aud = aud }.Sign());

    [Theory]
    [InlineData("\"other\"")]
    [InlineData("""["a","broker"]""")]
    public void One_of_our_audiences_is_enough(string aud) => Verifies(new ForgeJwt { Aud = aud }.Sign());

    [Theory]
    [InlineData("exp", null)]
    [InlineData("exp", "null")]
    [InlineData("exp", "\"1792501200\"")]
    [InlineData("exp", "1792501200.0")]
    [InlineData("exp", "1e10")]
    [InlineData("exp", "-1")]
    [InlineData("exp", "99999999999999999999")]
    [InlineData("nbf", "\"0\"")]
    [InlineData("nbf", "null")]
    [InlineData("iat", "1.5")]
    [InlineData("iat", "null")]
    [InlineData("sub", "7")]
    [InlineData("sub", "[\"a\"]")]
    [InlineData("sub", "\"\"")]
    [InlineData("iss", "[\"https://issuer.example\"]")]
    [InlineData("aud", "[]")]
    [InlineData("aud", "[1,\"broker\"]")]
    [InlineData("aud", "{}")]
    public void Claims_of_the_wrong_type_are_refused(string name, string? json)
    {
        var token = new ForgeJwt();
        token = name switch
        {
            "exp" => token with { Exp = json },
            "nbf" => token with { Nbf = json },
            "iat" => token with { Iat = json },
            "sub" => token with { Sub = json },
            "iss" => token with { Iss = json },
            _ => token with { Aud = json },
        };
        Refuses(JwtEvidenceRefusal.Claims, token.Sign());
    }

    [Theory]
    [InlineData("1792497600", null, null, JwtEvidenceRefusal.Expired)]
    [InlineData("1792497601", null, null, null)]
    [InlineData("0", null, null, JwtEvidenceRefusal.Expired)]
    [InlineData("1792501200", "1792497610", null, null)]
    [InlineData("1792501200", "1792497611", null, JwtEvidenceRefusal.NotYetValid)]
    [InlineData("1792501200", null, "1792497610", null)]
    [InlineData("1792501200", null, "1792497611", JwtEvidenceRefusal.NotYetValid)]
    [InlineData("1792497605", null, "1792497606", JwtEvidenceRefusal.Expired)]
    [InlineData("1792584000", null, null, null)]
    [InlineData("1792584001", null, null, JwtEvidenceRefusal.Lifetime)]
    [InlineData("1792584001", null, "1792497600", JwtEvidenceRefusal.Lifetime)]
    [InlineData("1792497601", null, "1792411200", JwtEvidenceRefusal.Lifetime)]
    [InlineData("1792497601", "1792411200", null, JwtEvidenceRefusal.Lifetime)]
    [InlineData("253402300799", null, null, JwtEvidenceRefusal.Lifetime)]
    public void Lifetimes_are_short_and_now(string exp, string? nbf, string? iat, JwtEvidenceRefusal? expected)
    {
        var token = new ForgeJwt { Exp = exp, Nbf = nbf, Iat = iat }.Sign();
        if (expected is { } reason) Refuses(reason, token);
        else Verifies(token);
    }

    [Fact]
    public void Nothing_is_said_of_the_claims_of_a_token_that_is_not_signed() =>
        Refuses(JwtEvidenceRefusal.Signature, new ForgeJwt { Exp = "0", Iss = "\"x\"" }.Sign(ForgeKeys.OtherP256));

    [Fact]
    public void Rules_that_name_neither_issuer_nor_trust_domain_are_misuse() => Assert.Throws<ArgumentException>(
        () => Verify(new ForgeJwt().Sign(), new JwtEvidenceRules { Audiences = [ForgeJwt.Audience] }));

    [Fact]
    public void Ten_thousand_damaged_tokens_never_throw_and_never_verify()
    {
        var mutations = new Mutations(8);
        var good = new ForgeJwt();
        var token = good.Sign();
        for (var i = 0; i < 10_000; i++)
        {
            var damaged = i % 2 == 0 ? mutations.Damage(token) : ForgeJws.Unsigned(mutations.Damage(good.Header), mutations.Damage(good.Payload));
            if (damaged != token) Assert.IsType<JwtEvidenceOutcome.Refused>(Verify(damaged));
        }
    }

    [Fact]
    public void Two_thousand_signed_tokens_with_damaged_claims_never_throw()
    {
        var mutations = new Mutations(9);
        var good = new ForgeJwt();
        var verified = 0;
        for (var i = 0; i < 2_000; i++)
        {
            if (Verify(ForgeJws.Sign(ForgeKeys.P256, good.Header, mutations.Damage(good.Payload))) is JwtEvidenceOutcome.Verified) verified++;
        }
        Assert.InRange(verified, 1, 1_500);
    }

    private static JwtEvidenceOutcome Verify(string token, JwtEvidenceRules? rules = null) =>
        JwtEvidence.Verify(token, Keys, rules ?? Oidc, ForgeJwt.Now);

    private static void Verifies(string token, JwtEvidenceRules? rules = null) =>
        Assert.IsType<JwtEvidenceOutcome.Verified>(Verify(token, rules));

    private static void Refuses(JwtEvidenceRefusal expected, string token, JwtEvidenceRules? rules = null) =>
        Assert.Equal(expected, Assert.IsType<JwtEvidenceOutcome.Refused>(Verify(token, rules)).Reason);

    private static TrustDomain Domain(string name) => TrustDomain.TryParse(name, out var domain) ? domain : throw new ArgumentException(name);
}
