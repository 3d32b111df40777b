using System.Text;
using CredBroker.Core.Identity;

namespace CredBroker.Tests.Identity;

public sealed class JwkSetTests
{
    private static readonly string Good = ForgeKeys.Jwk(ForgeKeys.P256, "\"kid\":\"a\"");

    [Fact]
    public void Keys_are_found_by_their_exact_id()
    {
        var set = ForgeJwt.Read(ForgeJwt.Jwks);
        Assert.Equal(["k1", "k2", "k3"], set.KeyIds.Order());
        Assert.Empty(set.Skipped);
        Assert.Empty(set.TrustAnchors.Certificates);
        Assert.True(set.TryFind("k1", out var key));
        Assert.Equal(ForgeKeys.Parse(ForgeKeys.Jwk(ForgeKeys.P256)), key.Jwk);
        foreach (var other in (string?[])["K1", "k", "", null]) Assert.False(set.TryFind(other, out _));
    }

    [Theory]
    [InlineData("{}", JwkSetRefusal.NoKeys)]
    [InlineData("""{"keys":{}}""", JwkSetRefusal.NoKeys)]
    [InlineData("""{"keys":null}""", JwkSetRefusal.NoKeys)]
    [InlineData("[]", JwkSetRefusal.NoKeys)]
    [InlineData("", JwkSetRefusal.MalformedJson)]
    [InlineData("""{"keys":[],"keys":[]}""", JwkSetRefusal.MalformedJson)]
    [InlineData("""{"keys":[]} x""", JwkSetRefusal.MalformedJson)]
    [InlineData("""{"keys":[{"kid":"a","kid":"b"}]}""", JwkSetRefusal.MalformedJson)]
    public void What_is_no_set_is_refused(string json, JwkSetRefusal expected)
    {
        Assert.False(JwkSet.TryParse(Encoding.UTF8.GetBytes(json), out var set, out var refusal));
        Assert.Null(set);
        Assert.Equal(expected, refusal);
    }

    [Fact]
    public void An_empty_set_is_a_set() => Assert.Empty(ForgeJwt.Read("""{"keys":[],"spiffe_sequence":7,"spiffe_refresh_hint":300}""").KeyIds);

    [Fact]
    public void Sets_are_bounded_in_bytes_and_keys()
    {
        Assert.False(JwkSet.TryParse(new byte[JwkSet.MaxBytes + 1], out _, out var large));
        Assert.Equal(JwkSetRefusal.TooLarge, large);
        Assert.False(JwkSet.TryParse(Encoding.UTF8.GetBytes(ForgeKeys.Set([.. Enumerable.Repeat("{}", 65)])), out _, out var many));
        Assert.Equal(JwkSetRefusal.TooManyKeys, many);
    }

    [Theory]
    [InlineData("""{"kty":"oct","k":"AAAA","kid":"b"}""", SkipReason.NotAccepted, JwkRefusal.PrivateKeyMaterial)]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"AAAA","kid":"b"}""", SkipReason.NotAccepted, JwkRefusal.KeyTypeNotAllowed)]
    [InlineData("""{"kty":"EC","crv":"P-521","x":"AA","y":"AA","kid":"b"}""", SkipReason.NotAccepted, JwkRefusal.CurveNotAllowed)]
    [InlineData("""{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"b"}""", SkipReason.NotAccepted, JwkRefusal.WeakOrOversizeRsa)]
    [InlineData("""{"use":"x509-svid","kty":"EC","kid":"b"}""", SkipReason.NoTrustAnchor, null)]
    [InlineData("""{"use":"x509-svid","x5c":[],"kid":"b"}""", SkipReason.NoTrustAnchor, null)]
    [InlineData("""{"use":"x509-svid","x5c":["AAAA"],"kid":"b"}""", SkipReason.NoTrustAnchor, null)]
    [InlineData("""{"use":"x509-svid","x5c":["not base64"],"kid":"b"}""", SkipReason.NoTrustAnchor, null)]
    public void Keys_that_we_do_not_accept_are_skipped_with_the_reason(string key, SkipReason reason, JwkRefusal? detail)
    {
        var set = ForgeJwt.Read(ForgeKeys.Set(Good, key));
        Assert.Equal(new SkippedKey(1, "b", reason, detail), Assert.Single(set.Skipped));
        Assert.Equal("a", Assert.Single(set.KeyIds));
    }

    [Fact]
    public void Values_that_are_no_objects_are_skipped()
    {
        var set = ForgeJwt.Read(ForgeKeys.Set("7", "null", "[]", Good));
        Assert.Equal(3, set.Skipped.Length);
        Assert.All(set.Skipped, skipped => Assert.Equal((SkipReason.NotAccepted, JwkRefusal.Malformed), (skipped.Reason, skipped.Detail)));
    }

    [Fact]
    public void A_key_for_encryption_or_off_its_curve_is_skipped()
    {
        var off = """{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyI","kid":"b"}""";
        var set = ForgeJwt.Read(ForgeKeys.Set(ForgeKeys.Jwk(ForgeKeys.OtherP256, "\"kid\":\"c\",\"use\":\"enc\""), off));
        Assert.Empty(set.KeyIds);
        Assert.Equal([JwkRefusal.NotForSignatures, JwkRefusal.InvalidPoint], set.Skipped.Select(skipped => skipped.Detail));
    }

    [Fact]
    public void A_key_without_an_id_is_skipped()
    {
        var set = ForgeJwt.Read(ForgeKeys.Set(ForgeKeys.Jwk(ForgeKeys.P256), ForgeKeys.Jwk(ForgeKeys.P256, "\"kid\":7")));
        Assert.All(set.Skipped, skipped => Assert.Equal(SkipReason.NoKeyId, skipped.Reason));
        Assert.Equal(2, set.Skipped.Length);
    }

    [Fact]
    public void Of_two_keys_with_one_id_neither_is_used()
    {
        var set = ForgeJwt.Read(ForgeKeys.Set(Good, ForgeKeys.Jwk(ForgeKeys.OtherP256, "\"kid\":\"a\""), ForgeKeys.Jwk(ForgeKeys.P384, "\"kid\":\"b\"")));
        Assert.Equal("b", Assert.Single(set.KeyIds));
        Assert.Equal([0, 1], set.Skipped.Where(skipped => skipped.Reason == SkipReason.AmbiguousKeyId).Select(skipped => skipped.Index));
    }

    [Fact]
    public void Ten_thousand_damaged_sets_never_throw()
    {
        var mutations = new Mutations(7);
        var good = ForgeKeys.Set(Good, """{"use":"x509-svid","x5c":["MIIB"]}""", """{"kty":"oct","k":"AAAA","kid":"b"}""");
        var read = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var text = i % 4 == 0 ? mutations.Random(200) : mutations.Damage(good);
            if (JwkSet.TryParse(Encoding.UTF8.GetBytes(text), out _, out var refusal)) read++;
            else Assert.NotNull(refusal);
        }
        Assert.InRange(read, 50, 9_000);
    }
}
