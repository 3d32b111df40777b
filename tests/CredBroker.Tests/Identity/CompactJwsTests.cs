using System.Text;
using CredBroker.Core.Identity;

namespace CredBroker.Tests.Identity;

public sealed class CompactJwsTests
{
    private const string Header = """{"alg":"ES256"}""";
    private const string Payload = """{"sub":"a"}""";

    [Fact]
    public void A_good_token_is_read_whole()
    {
        var token = ForgeJws.Sign(ForgeKeys.P256, ForgeJws.Es256, Payload);

        Assert.True(CompactJws.TryParse(token, JwsLimits.Token, out var jws, out var refusal));

        Assert.Null(refusal);
        Assert.Equal(new JwsHeader(JwsAlgorithm.ES256, "k1", "JWT", null), jws.Header);
        Assert.Equal(ClaimState.Present, jws.Claims.ReadString("sub", out var sub));
        Assert.Equal("a", sub);
        Assert.Equal(token[..token.LastIndexOf('.')], Encoding.ASCII.GetString(jws.SigningInput));
        Assert.Equal(ForgeJws.SignatureOf(token), jws.Signature.ToArray());
    }

    [Theory]
    [InlineData("ES256", JwsAlgorithm.ES256)]
    [InlineData("ES384", JwsAlgorithm.ES384)]
    [InlineData("RS256", JwsAlgorithm.RS256)]
    [InlineData("PS256", JwsAlgorithm.PS256)]
    public void Four_algorithms_are_known(string name, JwsAlgorithm algorithm)
    {
        Assert.True(CompactJws.TryParse(ForgeJws.Unsigned($$"""{"alg":"{{name}}"}""", Payload), JwsLimits.Token, out var jws, out _));
        Assert.Equal(algorithm, jws.Header.Algorithm);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("HS256")]
    [InlineData("es256")]
    [InlineData("ES512")]
    [InlineData("EdDSA")]
    [InlineData("ES256 ")]
    [InlineData("")]
    public void Any_other_algorithm_is_refused(string name) =>
        Refuses(JwsRefusal.AlgorithmNotAllowed, ForgeJws.Unsigned($$"""{"alg":"{{name}}"}""", Payload));

    [Theory]
    [InlineData("""{}""", JwsRefusal.AlgorithmNotAllowed)]
    [InlineData("""{"alg":256}""", JwsRefusal.AlgorithmNotAllowed)]
    [InlineData("""{"alg":["ES256"]}""", JwsRefusal.AlgorithmNotAllowed)]
    [InlineData("""{"alg":null}""", JwsRefusal.AlgorithmNotAllowed)]
    [InlineData("""{"alg":"ES256","kid":1}""", JwsRefusal.MalformedHeader)]
    [InlineData("""{"alg":"ES256","kid":""}""", JwsRefusal.MalformedHeader)]
    [InlineData("""{"alg":"ES256","typ":{}}""", JwsRefusal.MalformedHeader)]
    [InlineData("""{"alg":"ES256","x5t":7}""", JwsRefusal.MalformedHeader)]
    [InlineData("""{"alg":"ES256","crit":["exp"]}""", JwsRefusal.CriticalHeader)]
    [InlineData("""{"alg":"ES256","crit":[]}""", JwsRefusal.CriticalHeader)]
    [InlineData("""{"alg":"ES256","b64":false}""", JwsRefusal.TransformedPayload)]
    [InlineData("""{"alg":"ES256","zip":"DEF"}""", JwsRefusal.TransformedPayload)]
    [InlineData("""{"alg":"ES256","enc":"A128GCM"}""", JwsRefusal.TransformedPayload)]
    [InlineData("""{"alg":"ES256","jku":"https://evil"}""", JwsRefusal.ForeignKey)]
    [InlineData("""{"alg":"ES256","x5u":"https://evil"}""", JwsRefusal.ForeignKey)]
    [InlineData("""{"alg":"ES256","x5c":["MIIB"]}""", JwsRefusal.ForeignKey)]
    [InlineData("""{"alg":"ES256","jwk":{"kty":"EC"}}""", JwsRefusal.ForeignKey)]
    [InlineData("""{"alg":"ES256","cty":"JWT"}""", JwsRefusal.UnknownHeader)]
    [InlineData("""{"alg":"ES256","Alg":"none"}""", JwsRefusal.UnknownHeader)]
    [InlineData("""{"alg":"ES256","alg":"none"}""", JwsRefusal.DuplicateMember)]
    [InlineData("""{"alg":"ES256","\u0061lg":"none"}""", JwsRefusal.DuplicateMember)]
    [InlineData("""["ES256"]""", JwsRefusal.MalformedJson)]
    [InlineData("""{"alg":"ES256"} """ + "x", JwsRefusal.MalformedJson)]
    [InlineData("""{'alg':'ES256'}""", JwsRefusal.MalformedJson)]
    [InlineData("""{alg:"ES256"}""", JwsRefusal.MalformedJson)]
    [InlineData("""{"alg":"ES256",}""", JwsRefusal.MalformedJson)]
    [InlineData("""{"alg":"ES256"/*c*/}""", JwsRefusal.MalformedJson)]
    [InlineData("""{"alg":"ES256\ud800"}""", JwsRefusal.InvalidText)]
    [InlineData("""{"alg":"ES256","kid":"\udc00\ud800"}""", JwsRefusal.InvalidText)]
    [InlineData("""{"alg":"ES256","kid":"\ud83dx"}""", JwsRefusal.InvalidText)]
    public void Headers_outside_the_allow_list_are_refused(string header, JwsRefusal expected) =>
        Refuses(expected, ForgeJws.Unsigned(header, Payload));

    [Theory]
    [InlineData("""{"sub":"a","sub":"b"}""", JwsRefusal.DuplicateMember)]
    [InlineData("""{"a":{"b":[{"c":1,"\u0063":2}]}}""", JwsRefusal.DuplicateMember)]
    [InlineData("""{"sub":"\udead"}""", JwsRefusal.InvalidText)]
    [InlineData("""{"\ud800":"a"}""", JwsRefusal.InvalidText)]
    [InlineData("\"text\"", JwsRefusal.MalformedJson)]
    [InlineData("null", JwsRefusal.MalformedJson)]
    [InlineData("""{"exp":01}""", JwsRefusal.MalformedJson)]
    [InlineData("""{"sub":"\uZZZZ"}""", JwsRefusal.MalformedJson)]
    [InlineData("""{"sub":"\""", JwsRefusal.MalformedJson)]
    [InlineData("\uFEFF{}", JwsRefusal.MalformedJson)]
    public void Payloads_that_are_not_one_plain_object_are_refused(string payload, JwsRefusal expected) =>
        Refuses(expected, ForgeJws.Unsigned(Header, payload));

    [Fact]
    public void Escaped_surrogate_pairs_and_backslashes_are_text_like_any_other()
    {
        Assert.True(CompactJws.TryParse(
            ForgeJws.Unsigned(Header, """{"sub":"\ud83d\ude00\\ud800\u00e9"}"""), JwsLimits.Token, out var jws, out _));
        jws.Claims.ReadString("sub", out var sub);
        Assert.Equal("😀\\ud800é", sub);
    }

    [Fact]
    public void Invalid_utf8_is_refused()
    {
        var payload = System.Buffers.Text.Base64Url.EncodeToString([.. "{\"sub\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
        Refuses(JwsRefusal.InvalidText, $"{ForgeJws.Encode(Header)}.{payload}.AAAA");
    }

    [Theory]
    [InlineData(15, null)]
    [InlineData(16, JwsRefusal.TooDeep)]
    [InlineData(2000, JwsRefusal.TooDeep)]
    public void Nesting_ends_at_sixteen(int arrays, JwsRefusal? expected)
    {
        var token = ForgeJws.Unsigned(Header, "{\"a\":" + new string('[', arrays) + new string(']', arrays) + "}");
        Assert.Equal(expected is null, CompactJws.TryParse(token, JwsLimits.Token, out _, out var refusal));
        Assert.Equal(expected, refusal);
    }

    [Fact]
    public void Brackets_inside_strings_are_not_nesting() =>
        Assert.True(CompactJws.TryParse(
            ForgeJws.Unsigned(Header, $$"""{"a":"\"{{new string('[', 100)}}"}"""), JwsLimits.Token, out _, out _));

    [Fact]
    public void Length_is_checked_before_anything_else()
    {
        Refuses(JwsRefusal.TooLong, new string('[', 8193));
        Refuses(JwsRefusal.ForbiddenCharacter, new string('[', 8192));
        Assert.False(CompactJws.TryParse(new string('a', 2049), JwsLimits.Dpop, out _, out var refusal));
        Assert.Equal(JwsRefusal.TooLong, refusal);
    }

    [Theory]
    [InlineData("", JwsRefusal.WrongPartCount)]
    [InlineData("abc", JwsRefusal.WrongPartCount)]
    [InlineData("a.b", JwsRefusal.WrongPartCount)]
    [InlineData("a.b.c.d", JwsRefusal.WrongPartCount)]
    [InlineData("a.b.c.d.e", JwsRefusal.WrongPartCount)]
    [InlineData("..", JwsRefusal.WrongPartCount)]
    [InlineData(".eyJ9.AAAA", JwsRefusal.WrongPartCount)]
    [InlineData("eyJ9..AAAA", JwsRefusal.WrongPartCount)]
    [InlineData("eyJ9.eyJ9.", JwsRefusal.WrongPartCount)]
    [InlineData("eyJ9.eyJ9.AA==", JwsRefusal.ForbiddenCharacter)]
    [InlineData("eyJ9.ey+9.AAAA", JwsRefusal.ForbiddenCharacter)]
    [InlineData("eyJ9.ey/9.AAAA", JwsRefusal.ForbiddenCharacter)]
    [InlineData(" eyJ9.eyJ9.AAAA", JwsRefusal.ForbiddenCharacter)]
    [InlineData("eyJ9.eyJ9.AAAA\n", JwsRefusal.ForbiddenCharacter)]
    [InlineData("eyJ9.eyJ9.AAAA\0", JwsRefusal.ForbiddenCharacter)]
    [InlineData("e\u0443J9.eyJ9.AAAA", JwsRefusal.ForbiddenCharacter)]
    [InlineData("a.b.c", JwsRefusal.NonCanonicalBase64Url)]
    public void Texts_that_are_not_three_parts_of_base64url_are_refused(string token, JwsRefusal expected) => Refuses(expected, token);

    [Fact]
    public void Non_canonical_tails_are_refused_in_every_part()
    {
        // 16 and 11 bytes leave unused bits in the last character; only zero bits are canonical.
        var (header, payload) = (ForgeJws.Encode("""{"alg":"ES256" }"""), ForgeJws.Encode(Payload));
        Assert.True(CompactJws.TryParse($"{header}.{payload}.AA", JwsLimits.Token, out _, out _));
        Refuses(JwsRefusal.NonCanonicalBase64Url, $"{NextCharacter(header)}.{payload}.AA");
        Refuses(JwsRefusal.NonCanonicalBase64Url, $"{header}.{NextCharacter(payload)}.AA");
        Refuses(JwsRefusal.NonCanonicalBase64Url, $"{header}.{payload}.AB");
    }

    [Fact]
    public void An_embedded_key_is_demanded_where_allowed_and_refused_elsewhere()
    {
        var with = ForgeJws.Unsigned($$"""{"alg":"ES256","jwk":{{ForgeKeys.Jwk(ForgeKeys.P256)}}}""", Payload);
        Assert.True(CompactJws.TryParse(with, JwsLimits.Dpop, out var jws, out _));
        Assert.NotNull(jws.Header.EmbeddedKey);
        Refuses(JwsRefusal.ForeignKey, with);

        Assert.False(CompactJws.TryParse(ForgeJws.Unsigned(Header, Payload), JwsLimits.Dpop, out _, out var missing));
        Assert.Equal(JwsRefusal.EmbeddedKeyMissing, missing);
        Assert.False(CompactJws.TryParse(
            ForgeJws.Unsigned("""{"alg":"ES256","jwk":"text"}""", Payload), JwsLimits.Dpop, out _, out var text));
        Assert.Equal(JwsRefusal.EmbeddedKeyMissing, text);
    }

    [Fact]
    public void The_digest_of_the_signing_input_ignores_the_signature()
    {
        var token = ForgeJws.Sign(ForgeKeys.P256, ForgeJws.Es256, Payload);
        Assert.True(CompactJws.TryParse(token, JwsLimits.Token, out var one, out _));
        Assert.True(CompactJws.TryParse(ForgeJws.WithSignature(token, [1, 2, 3]), JwsLimits.Token, out var two, out _));
        Assert.Equal(one.SigningInputDigest(), two.SigningInputDigest());
    }

    [Fact]
    public void Ten_thousand_damaged_inputs_never_throw()
    {
        var mutations = new Mutations(1);
        var good = ForgeJws.Sign(ForgeKeys.P256, ForgeJws.Es256, """{"sub":"a","aud":["b"],"exp":1,"cnf":{"jkt":"\ud83d\ude00"}}""");
        var read = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var input = (i % 4) switch
            {
                0 => mutations.Random(400),
                1 => mutations.Damage(good),
                2 => ForgeJws.Unsigned(mutations.Damage(ForgeJws.Es256), Payload),
                _ => ForgeJws.Unsigned(Header, mutations.Damage("""{"sub":"a\u00e9","aud":["b"],"exp":1,"cnf":{"jkt":"\ud83d\ude00"}}""")),
            };
            if (!CompactJws.TryParse(input, i % 2 == 0 ? JwsLimits.Token : new(300), out var jws, out var refusal))
            {
                Assert.NotNull(refusal);
                continue;
            }
            read++;
            foreach (var name in (string[])["sub", "aud", "exp", "cnf"])
            {
                _ = jws.Claims.ReadString(name, out _);
                _ = jws.Claims.ReadStrings(name, out _);
                _ = jws.Claims.ReadNumericDate(name, out _);
            }
        }
        Assert.InRange(read, 50, 9_000);
    }

    private static string NextCharacter(string part) => part[..^1] + (char)(part[^1] + 1);

    private static void Refuses(JwsRefusal expected, string token)
    {
        Assert.False(CompactJws.TryParse(token, JwsLimits.Token, out var jws, out var refusal));
        Assert.Null(jws);
        Assert.Equal(expected, refusal);
    }
}
