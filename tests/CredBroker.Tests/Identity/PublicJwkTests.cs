using System.Buffers.Text;
using System.Text.Json;
using CredBroker.Core.Identity;

namespace CredBroker.Tests.Identity;

public sealed class PublicJwkTests
{
    // RFC 9449 figure 2 and section 6.1.
    private const string Rfc9449 =
        """{"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"}""";

    // RFC 7638 section 3.1.
    private const string Rfc7638 =
        """
        {"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}
        """;

    // RFC 7517 appendix A.1 (P-256, without its use and kid) with x cut, padded and with the bits of its last character changed.
    private const string X = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4";
    private const string Y = "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM";

    [Fact]
    public void Thumbprints_are_those_of_the_rfcs()
    {
        Assert.Equal("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", ForgeKeys.Parse(Rfc9449).Thumbprint.ToString());
        Assert.Equal("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", ForgeKeys.Parse(Rfc7638).Thumbprint.ToString());
    }

    [Fact]
    public void The_algorithms_follow_from_the_key()
    {
        Allows(ForgeKeys.Jwk(ForgeKeys.P256), JwsAlgorithm.ES256);
        Allows(ForgeKeys.Jwk(ForgeKeys.P384), JwsAlgorithm.ES384);
        Allows(ForgeKeys.Jwk(ForgeKeys.Rsa), JwsAlgorithm.RS256, JwsAlgorithm.PS256);
        Allows(ForgeKeys.Jwk(ForgeKeys.Rsa, "\"alg\":\"PS256\""), JwsAlgorithm.PS256);
        Allows(ForgeKeys.Jwk(ForgeKeys.P256, "\"alg\":\"ES256\""), JwsAlgorithm.ES256);
    }

    [Theory]
    [InlineData("\"d\":\"AAAA\"", JwkRefusal.PrivateKeyMaterial)]
    [InlineData("\"k\":\"AAAA\"", JwkRefusal.PrivateKeyMaterial)]
    [InlineData("\"p\":null", JwkRefusal.PrivateKeyMaterial)]
    [InlineData("\"alg\":\"ES384\"", JwkRefusal.AlgorithmMismatch)]
    [InlineData("\"alg\":\"RS256\"", JwkRefusal.AlgorithmMismatch)]
    [InlineData("\"alg\":\"none\"", JwkRefusal.AlgorithmMismatch)]
    [InlineData("\"alg\":7", JwkRefusal.Malformed)]
    [InlineData("\"use\":\"enc\"", JwkRefusal.NotForSignatures)]
    [InlineData("\"use\":\"x509-svid\"", JwkRefusal.NotForSignatures)]
    [InlineData("\"use\":[\"sig\"]", JwkRefusal.Malformed)]
    [InlineData("\"key_ops\":[\"encrypt\"]", JwkRefusal.NotForSignatures)]
    [InlineData("\"key_ops\":\"verify\"", JwkRefusal.Malformed)]
    [InlineData("\"key_ops\":[]", JwkRefusal.Malformed)]
    public void Members_that_contradict_a_public_signing_key_are_refused(string member, JwkRefusal expected) =>
        Refuses(expected, ForgeKeys.Jwk(ForgeKeys.P256, member));

    [Theory]
    [InlineData("\"use\":\"sig\"")]
    [InlineData("\"use\":\"jwt-svid\"")]
    [InlineData("\"key_ops\":[\"sign\",\"verify\"]")]
    [InlineData("\"kid\":\"a\",\"x5c\":[],\"ext\":true")]
    public void Members_that_fit_or_mean_nothing_to_us_are_accepted(string member) =>
        Assert.Equal(ForgeKeys.Parse(ForgeKeys.Jwk(ForgeKeys.P256)), ForgeKeys.Parse(ForgeKeys.Jwk(ForgeKeys.P256, member)));

    [Theory]
    [InlineData("""{"kty":"oct"}""", JwkRefusal.KeyTypeNotAllowed)]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""", JwkRefusal.KeyTypeNotAllowed)]
    [InlineData("""{"kty":"ec"}""", JwkRefusal.KeyTypeNotAllowed)]
    [InlineData("""{}""", JwkRefusal.KeyTypeNotAllowed)]
    [InlineData("""{"kty":1}""", JwkRefusal.Malformed)]
    [InlineData("""[]""", JwkRefusal.Malformed)]
    [InlineData("""not json""", JwkRefusal.Malformed)]
    [InlineData("""{"kty":"EC","kty":"EC"}""", JwkRefusal.Malformed)]
    [InlineData("""{"kty":"EC","crv":"P-521","x":"AA","y":"AA"}""", JwkRefusal.CurveNotAllowed)]
    [InlineData("""{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}""", JwkRefusal.CurveNotAllowed)]
    [InlineData("""{"kty":"EC","crv":"P-256"}""", JwkRefusal.NonCanonical)]
    [InlineData("""{"kty":"EC","crv":"P-256","x":1,"y":"AA"}""", JwkRefusal.NonCanonical)]
    public void Other_kinds_of_key_are_refused(string json, JwkRefusal expected) => Refuses(expected, json);

    [Theory]
    [InlineData(X, Y, null)]
    [InlineData(X + "=", Y, JwkRefusal.NonCanonical)]
    [InlineData("AA" + X, Y, JwkRefusal.NonCanonical)]
    [InlineData("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D5", Y, JwkRefusal.NonCanonical)]
    [InlineData("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D", Y, JwkRefusal.NonCanonical)]
    [InlineData(X, "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFy", JwkRefusal.NonCanonical)]
    [InlineData(X, " " + Y, JwkRefusal.NonCanonical)]
    [InlineData(X, "", JwkRefusal.NonCanonical)]
    public void Coordinates_have_exactly_one_spelling(string x, string y, JwkRefusal? expected)
    {
        Assert.Equal(expected is null, PublicJwk.TryParse($$"""{"kty":"EC","crv":"P-256","x":"{{x}}","y":"{{y}}"}""", out _, out var refusal));
        Assert.Equal(expected, refusal);
    }

    [Theory]
    [InlineData(256, 0x80, "AQAB", null)]
    [InlineData(512, 0xff, "AQAB", null)]
    [InlineData(256, 0x80, "Aw", null)]
    [InlineData(256, 0x7f, "AQAB", JwkRefusal.WeakOrOversizeRsa)]
    [InlineData(128, 0xff, "AQAB", JwkRefusal.WeakOrOversizeRsa)]
    [InlineData(513, 0x01, "AQAB", JwkRefusal.WeakOrOversizeRsa)]
    [InlineData(256, 0x00, "AQAB", JwkRefusal.NonCanonical)]
    [InlineData(256, 0x80, "AAEAAQ", JwkRefusal.NonCanonical)]
    [InlineData(256, 0x80, "AQ", JwkRefusal.WeakOrOversizeRsa)]
    [InlineData(256, 0x80, "AQAA", JwkRefusal.WeakOrOversizeRsa)]
    [InlineData(256, 0x80, "AQAAAAE", JwkRefusal.WeakOrOversizeRsa)]
    public void Rsa_keys_are_2048_to_4096_bits_with_a_small_odd_exponent(int bytes, byte first, string e, JwkRefusal? expected)
    {
        var n = new byte[bytes];
        (n[0], n[^1]) = (first, 1);
        var json = $$"""{"kty":"RSA","n":"{{Base64Url.EncodeToString(n)}}","e":"{{e}}"}""";
        Assert.Equal(expected is null, PublicJwk.TryParse(json, out _, out var refusal));
        Assert.Equal(expected, refusal);
    }

    [Fact]
    public void An_even_modulus_is_refused() => Refuses(
        JwkRefusal.WeakOrOversizeRsa,
        $$"""{"kty":"RSA","n":"{{Base64Url.EncodeToString([0x80, .. new byte[255]])}}","e":"AQAB"}""");

    [Fact]
    public void Json_comes_back_as_it_went_in()
    {
        foreach (var jwk in (string[])[ForgeKeys.Jwk(ForgeKeys.P256), ForgeKeys.Jwk(ForgeKeys.P384), ForgeKeys.Jwk(ForgeKeys.Rsa)])
        {
            var parsed = ForgeKeys.Parse(jwk);
            Assert.True(JsonElement.DeepEquals(JsonElement.Parse(jwk), JsonElement.Parse(parsed.ToJson())));
            Assert.Equal(parsed, ForgeKeys.Parse(parsed.ToJson()));
        }
    }

    [Fact]
    public void A_thumbprint_has_one_spelling()
    {
        var text = ForgeKeys.Parse(Rfc9449).Thumbprint.ToString();
        Assert.True(JwkThumbprint.TryParse(text, out var thumbprint));
        Assert.Equal(ForgeKeys.Parse(Rfc9449).Thumbprint, thumbprint);
        Assert.False(JwkThumbprint.TryParse(text[..^1] + "J", out _));
        Assert.False(JwkThumbprint.TryParse(text + "=", out _));
        Assert.False(JwkThumbprint.TryParse(text.AsSpan(0, 42), out _));
        Assert.False(JwkThumbprint.TryParse("", out _));
    }

    [Fact]
    public void The_default_thumbprint_is_refused_at_the_door() => Assert.False(JwkThumbprint.TryParse(default(JwkThumbprint).ToString(), out _));

    [Fact]
    public void Ten_thousand_damaged_keys_never_throw()
    {
        var mutations = new Mutations(2);
        string[] good = [Rfc9449, Rfc7638, ForgeKeys.Jwk(ForgeKeys.P384, "\"key_ops\":[\"verify\"],\"use\":\"sig\"")];
        var read = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var input = i % 4 == 3 ? mutations.Random(300) : mutations.Damage(good[i % 4]);
            if (PublicJwk.TryParse(input, out var jwk, out var refusal)) read += jwk.ToJson().Length > 0 ? 1 : 0;
            else Assert.NotNull(refusal);
        }
        Assert.InRange(read, 10, 9_000);
    }

    private static void Allows(string json, params JwsAlgorithm[] expected) =>
        Assert.Equal(expected, Enum.GetValues<JwsAlgorithm>().Where(ForgeKeys.Parse(json).Allows));

    private static void Refuses(JwkRefusal expected, string json)
    {
        Assert.False(PublicJwk.TryParse(json, out var jwk, out var refusal));
        Assert.Null(jwk);
        Assert.Equal(expected, refusal);
    }
}
