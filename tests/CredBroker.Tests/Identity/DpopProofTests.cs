using CredBroker.Core.Identity;

namespace CredBroker.Tests.Identity;

public sealed class DpopProofTests
{
    private static readonly VerificationKeyCache Keys = new();
    private static readonly JwkThumbprint Thumbprint = ForgeKeys.Parse(ForgeKeys.Jwk(ForgeKeys.P256)).Thumbprint;
    private static readonly AccessTokenHash Token = AccessTokenHash.Of("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU");
    private static readonly DpopRequest Request = new()
    {
        Path = ForgeDpop.Path,
        Origins = ForgeDpop.Origins("https://broker.example", "https://other.example:8443"),
    };

    // RFC 9449 figure 2 (section 4.1), a proof for a token request, and section 7.1, one with ath.
    private const string RfcHeader =
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMi"
        + "LCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19";

    private const string Rfc41 = RfcHeader
        + ".eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ"
        + ".2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";

    private const string Rfc71 = RfcHeader
        + ".eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2"
        + "MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9"
        + ".2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA";

    [Fact]
    public void The_proofs_of_the_rfc_verify()
    {
        var token = new DpopRequest { Path = "/token", Origins = ForgeDpop.Origins("https://server.example.com") };
        var verified = Assert.IsType<DpopOutcome.Verified>(
            DpopProof.Verify(Rfc41, token, Keys, DateTimeOffset.FromUnixTimeSeconds(1562262616)));
        Assert.Equal("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", verified.Key.ToString());
        Assert.Equal("-BwC3ESc6acc2lTc", verified.Jti);

        var resource = new DpopRequest
        {
            Method = "GET",
            Path = "/protectedresource",
            Origins = ForgeDpop.Origins("https://resource.example.org"),
            Token = Token,
            Key = verified.Key,
        };
        Assert.IsType<DpopOutcome.Verified>(DpopProof.Verify(Rfc71, resource, Keys, DateTimeOffset.FromUnixTimeSeconds(1562262618)));
    }

    [Fact]
    public void The_token_hash_is_that_of_the_rfc() => Assert.Equal("fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo", Token.ToString());

    [Fact]
    public void What_the_client_makes_verifies()
    {
        using var key = EphemeralKey.Create();
        var nonces = new DpopNonce(new byte[32]);
        var proof = DpopProof.Create(
            key, "POST", "https://broker.example" + ForgeDpop.Path, ForgeDpop.Now.AddMilliseconds(999), "id", Token, nonces.Issue(ForgeDpop.Now));

        var outcome = DpopProof.Verify(
            proof, Request with { Token = Token, Key = key.Public.Thumbprint, Nonces = nonces }, Keys, ForgeDpop.Now);

        Assert.Equal(new DpopOutcome.Verified(key.Public.Thumbprint, "id", ForgeDpop.Now), outcome);
        Assert.True(proof.Length < 700, $"{proof.Length}");
    }

    [Fact]
    public void A_good_forgery_base_verifies() =>
        Assert.Equal(new DpopOutcome.Verified(Thumbprint, "j1", ForgeDpop.Now), Verify(new ForgeDpop()));

    [Theory]
    [InlineData("\"JWT\"")]
    [InlineData("\"at+jwt\"")]
    [InlineData("\"DPOP+JWT\"")]
    [InlineData("\"application/dpop+jwt\"")]
    public void Any_other_type_is_refused(string type) => Refuses(DpopRefusal.WrongType, new ForgeDpop { Type = type });

    [Theory]
    [InlineData("\"none\"")]
    [InlineData("\"HS256\"")]
    [InlineData("\"ES384\"")]
    [InlineData("\"RS256\"")]
    public void Any_other_algorithm_is_refused(string alg) => Refuses(DpopRefusal.Algorithm, new ForgeDpop { Algorithm = alg });

    [Fact]
    public void Keys_that_are_not_plain_public_p256_keys_are_refused()
    {
        Refuses(DpopRefusal.Key, new ForgeDpop { Jwk = ForgeKeys.Jwk(ForgeKeys.P256, "\"d\":\"AAAA\"") });
        Refuses(DpopRefusal.Key, new ForgeDpop { Jwk = ForgeKeys.Jwk(ForgeKeys.Rsa) });
        Refuses(DpopRefusal.Key, new ForgeDpop { Jwk = ForgeKeys.Jwk(ForgeKeys.P384) });
        Refuses(DpopRefusal.Key, new ForgeDpop { Key = ForgeKeys.P384 });
        Refuses(DpopRefusal.Key, new ForgeDpop { Jwk = """{"kty":"oct","k":"AAAA"}""" });
        Refuses(DpopRefusal.Key, new ForgeDpop { Jwk = "{}" });
        Refuses(DpopRefusal.Malformed, new ForgeDpop { Jwk = "\"text\"" });
    }

    [Fact]
    public void A_signature_by_another_key_than_the_embedded_one_is_refused()
    {
        Refuses(DpopRefusal.Signature, new ForgeDpop { Jwk = ForgeKeys.Jwk(ForgeKeys.OtherP256) });
        var good = new ForgeDpop();
        RefusesText(DpopRefusal.Signature, ForgeJws.WithSignature(good.Sign(), new byte[64]));
        RefusesText(DpopRefusal.Signature, ForgeJws.SignDer(good.Key, good.Header, good.Payload));
        RefusesText(DpopRefusal.Signature, ForgeJws.WithSignature(good.Sign(), [.. ForgeJws.SignatureOf(good.Sign()), 0]));
    }

    [Fact]
    public void A_point_off_the_curve_is_refused() => Refuses(DpopRefusal.Signature, new ForgeDpop
    {
        Jwk = """{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyI"}""",
    });

    [Fact]
    public void A_good_proof_by_a_thiefs_own_key_is_refused_before_its_key_is_imported()
    {
        var keys = new VerificationKeyCache();
        var outcome = DpopProof.Verify(new ForgeDpop { Key = ForgeKeys.OtherP256 }.Sign(), Request with { Key = Thumbprint }, keys, ForgeDpop.Now);
        Assert.Equal(new DpopOutcome.Refused(DpopRefusal.OtherKey), outcome);
        Assert.Equal(0, keys.Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("\"GET\"")]
    [InlineData("\"post\"")]
    [InlineData("1")]
    public void Another_method_is_refused(string? htm) => Refuses(DpopRefusal.Method, new ForgeDpop { Htm = htm });

    [Theory]
    [InlineData("https://broker.example")]
    [InlineData("HTTPS://Broker.EXAMPLE")]
    [InlineData("https://broker.example:443")]
    [InlineData("https://other.example:8443")]
    public void Origins_are_compared_in_canonical_form(string origin) =>
        Assert.IsType<DpopOutcome.Verified>(Verify(new ForgeDpop { Htu = $"\"{origin}{ForgeDpop.Path}\"" }));

    [Theory]
    [InlineData("?a=b")]
    [InlineData("#fragment")]
    [InlineData("?a=/x#y")]
    public void Query_and_fragment_of_the_target_are_dropped(string tail) =>
        Assert.IsType<DpopOutcome.Verified>(Verify(new ForgeDpop { Htu = $"\"https://broker.example{ForgeDpop.Path}{tail}\"" }));

    [Theory]
    [InlineData(null)]
    [InlineData("7")]
    [InlineData("\"\"")]
    [InlineData("\"/credbroker.v1.Tokens/Mint\"")]
    [InlineData("\"https://broker.example/credbroker.v1.Tokens/Revoke\"")]
    [InlineData("\"https://broker.example/credbroker.v1.Tokens/Mint/\"")]
    [InlineData("\"https://broker.example/credbroker.v1.tokens/mint\"")]
    [InlineData("\"https://broker.example//credbroker.v1.Tokens/Mint\"")]
    [InlineData("\"https://broker.example/x/../credbroker.v1.Tokens/Mint\"")]
    [InlineData("\"https://broker.example/credbroker.v1.Tokens/%4dint\"")]
    [InlineData("\"https://evil.example/credbroker.v1.Tokens/Mint\"")]
    [InlineData("\"http://broker.example/credbroker.v1.Tokens/Mint\"")]
    [InlineData("\"https://broker.example:8443/credbroker.v1.Tokens/Mint\"")]
    [InlineData("\"https://broker.example:0443/credbroker.v1.Tokens/Mint\"")]
    [InlineData("\"https://broker.example.:443/credbroker.v1.Tokens/Mint\"")]
    [InlineData("\"https://user@broker.example/credbroker.v1.Tokens/Mint\"")]
    [InlineData("\"https://broker.example@evil.example/credbroker.v1.Tokens/Mint\"")]
    [InlineData("\"https://broker.example\\\\credbroker.v1.Tokens/Mint\"")]
    [InlineData("\"https://broker.example?/credbroker.v1.Tokens/Mint\"")]
    public void Another_target_is_refused(string? htu) => Refuses(DpopRefusal.Target, new ForgeDpop { Htu = htu });

    [Theory]
    [InlineData("1792497540", null)]
    [InlineData("1792497539", DpopRefusal.TooOld)]
    [InlineData("0", DpopRefusal.TooOld)]
    [InlineData("1792497605", null)]
    [InlineData("1792497606", DpopRefusal.FromTheFuture)]
    [InlineData("253402300799", DpopRefusal.FromTheFuture)]
    [InlineData("1792497600.5", DpopRefusal.TooOld)]
    [InlineData("\"1792497600\"", DpopRefusal.TooOld)]
    [InlineData(null, DpopRefusal.TooOld)]
    public void The_issue_time_lies_in_the_window(string? iat, DpopRefusal? expected)
    {
        if (expected is { } reason) Refuses(reason, new ForgeDpop { Iat = iat });
        else Assert.IsType<DpopOutcome.Verified>(Verify(new ForgeDpop { Iat = iat }));
    }

    [Fact]
    public void The_id_has_1_to_128_characters()
    {
        Assert.IsType<DpopOutcome.Verified>(Verify(new ForgeDpop { Jti = $"\"{new string('j', 128)}\"" }));
        foreach (var jti in (string?[])[null, "\"\"", "7", $"\"{new string('j', 129)}\""]) Refuses(DpopRefusal.Jti, new ForgeDpop { Jti = jti });
    }

    [Fact]
    public void The_token_hash_is_that_of_the_token_sent()
    {
        var with = Request with { Token = Token };
        Assert.IsType<DpopOutcome.Verified>(Verify(new ForgeDpop { Ath = $"\"{Token}\"" }, with));
        Refuses(DpopRefusal.TokenHash, new ForgeDpop(), with);
        Refuses(DpopRefusal.TokenHash, new ForgeDpop { Ath = $"\"{AccessTokenHash.Of("other")}\"" }, with);
        Refuses(DpopRefusal.TokenHash, new ForgeDpop { Ath = $"\"{Token}=\"" }, with);
        Refuses(DpopRefusal.TokenHash, new ForgeDpop { Ath = "7" }, with);
    }

    [Fact]
    public void A_proof_made_for_a_token_does_not_serve_without_one() =>
        Refuses(DpopRefusal.TokenHash, new ForgeDpop { Ath = $"\"{Token}\"" });

    [Fact]
    public void A_nonce_is_demanded_where_nonces_are_given_out()
    {
        var nonces = new DpopNonce(new byte[32]);
        var with = Request with { Nonces = nonces };
        Refuses(DpopRefusal.Nonce, new ForgeDpop(), with);
        Refuses(DpopRefusal.Nonce, new ForgeDpop { Nonce = "\"x\"" }, with);
        Refuses(DpopRefusal.Nonce, new ForgeDpop { Nonce = "7" }, with);
        Refuses(DpopRefusal.Nonce, new ForgeDpop { Nonce = $"\"{nonces.Issue(ForgeDpop.Now.AddSeconds(-61))}\"" }, with);
        Assert.IsType<DpopOutcome.Verified>(Verify(new ForgeDpop { Nonce = $"\"{nonces.Issue(ForgeDpop.Now)}\"" }, with));
    }

    [Fact]
    public void What_is_no_strict_jws_is_refused_with_the_detail()
    {
        var good = new ForgeDpop().Sign();
        Assert.Equal(new DpopOutcome.Refused(DpopRefusal.Malformed, JwsRefusal.ForbiddenCharacter), Verify(good + "," + good));
        Assert.Equal(new DpopOutcome.Refused(DpopRefusal.Malformed, JwsRefusal.TooLong), Verify(new string('a', 2049)));
        Assert.Equal(new DpopOutcome.Refused(DpopRefusal.Malformed, JwsRefusal.WrongPartCount), Verify(""));
        Assert.Equal(
            new DpopOutcome.Refused(DpopRefusal.Malformed, JwsRefusal.EmbeddedKeyMissing),
            Verify(ForgeJws.Sign(ForgeKeys.P256, """{"typ":"dpop+jwt","alg":"ES256"}""", "{}")));
    }

    [Fact]
    public void Five_thousand_damaged_proofs_never_throw_and_never_verify()
    {
        var mutations = new Mutations(4);
        var good = new ForgeDpop();
        var text = good.Sign();
        for (var i = 0; i < 5_000; i++)
        {
            var damaged = mutations.Damage(text);
            if (damaged != text) Assert.IsType<DpopOutcome.Refused>(Verify(damaged));
        }
        for (var i = 0; i < 5_000; i++)
        {
            // Unsigned, so that what is damaged is inside the parts.
            Assert.IsType<DpopOutcome.Refused>(Verify(ForgeJws.Unsigned(mutations.Damage(good.Header), mutations.Damage(good.Payload))));
        }
    }

    private static DpopOutcome Verify(ForgeDpop proof, DpopRequest? request = null) => Verify(proof.Sign(), request);

    private static DpopOutcome Verify(string proof, DpopRequest? request = null) =>
        DpopProof.Verify(proof, request ?? Request, Keys, ForgeDpop.Now);

    private static void Refuses(DpopRefusal expected, ForgeDpop proof, DpopRequest? request = null) =>
        RefusesText(expected, proof.Sign(), request);

    private static void RefusesText(DpopRefusal expected, string proof, DpopRequest? request = null) =>
        Assert.Equal(expected, Assert.IsType<DpopOutcome.Refused>(Verify(proof, request)).Reason);
}
