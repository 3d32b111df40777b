using System.Buffers.Text;
using System.Text;
using CredBroker.Core.Tokens;
using FsCheck.Fluent;
using static CredBroker.Tests.Tokens.Mints;

namespace CredBroker.Tests.Tokens;

/// <summary>The hint finds our own tokens; of whatever else it says nothing, or something that the recorded hash will not bear out.</summary>
public sealed class JtiHintTests
{
    private const string Issuer = "https://broker.example.org/ü+";
    private const string Id = "01926f3e-0000-8abc-8def-0123456789ab";

    private readonly JtiHint _hints = new(Issuer);

    [Fact]
    public void A_token_of_ours_has_one_and_that_of_another_issuer_has_none()
    {
        var grant = Approve(Ask, Known);
        foreach (var other in (string[])["https://broker.example.org/", Issuer + "x", "", "\""])
            Assert.Null(_hints.Of(TokenOf(TokenClaims.ToUtf8(grant, other))));
        Assert.Equal(grant.Jti, _hints.Of(TokenOf(TokenClaims.ToUtf8(grant, Issuer))));
    }

    [Theory]
    [InlineData($$""" "jti":"{{Id}}"}""", true)]
    [InlineData($$""" "sub":"x","jti":"{{Id}}","exp":1}""", true)]
    // Something else says so first: the hint is wrong, which costs a look and opens nothing.
    [InlineData($$""" "cnf":{"jti":"{{Id}}"},"jti":"01926f3e-0000-8abc-8def-ffffffffffff"}""", true)]
    [InlineData($$""" "jti":"{{Id}}""", true)]
    // Within a text quotes are escaped.
    [InlineData($$""" "sub":"\"jti\":\"{{Id}}\""}""", false)]
    [InlineData($$""" "jti": "{{Id}}"}""", false)]
    [InlineData($$""" "jtı":"{{Id}}"}""", false)]
    [InlineData(""" "jti":"00000000-0000-0000-0000-000000000000"}""", false)]
    [InlineData(""" "jti":"01926f3e00008abc8def0123456789ab"}""", false)]
    [InlineData(""" "jti":"{01926f3e-0000-8abc-8def-0123456789ab}"}""", false)]
    [InlineData(""" "jti":"01926f3e-0000-8abc-8def-0123456789a"}""", false)]
    [InlineData(""" "jti":"01926f3e-0000-8abc""", false)]
    [InlineData(""" "jti":"}""", false)]
    [InlineData("""}""", false)]
    public void It_is_the_first_that_is_spelled_as_ours(string rest, bool found) =>
        Assert.Equal(found ? Id : null, _hints.Of(TokenOf([.. TokenClaims.StartOf(Issuer), .. Encoding.UTF8.GetBytes(rest)]))?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("a.b.c")]
    [InlineData("a.e30=.c")]
    [InlineData("a.e3\0.c")]
    [InlineData("a.é.c")]
    [InlineData("…\ud800.…")]
    public void What_is_no_token_has_none(string text) => Assert.Null(_hints.Of(text));

    [Fact]
    public void A_payload_that_is_longer_than_ours_is_not_looked_at()
    {
        var payload = new byte[2_049];
        byte[] start = [.. TokenClaims.StartOf(Issuer), .. Encoding.UTF8.GetBytes($"\"jti\":\"{Id}\"")];
        start.CopyTo(payload, 0);

        Assert.Equal(Id, _hints.Of(TokenOf(payload.AsSpan()[..^1]))?.ToString());
        Assert.Null(_hints.Of(TokenOf(payload)));
    }

    [Fact]
    public void Whatever_bytes_and_letters_come_it_answers() => Properties.Hold(Prop.ForAll<byte[], string>((payload, text) =>
    {
        _hints.Of(text);
        _hints.Of($"{text}.{text}.{text}");
        var hint = _hints.Of(TokenOf([.. TokenClaims.StartOf(Issuer), .. payload ?? [], .. Encoding.UTF8.GetBytes($"\"jti\":\"{Id}\""), .. payload ?? []]));
        return hint is null || hint.ToString() == Id;
    }), samples: 5_000);

    private static string TokenOf(ReadOnlySpan<byte> payload) => $"eyJhbGciOiJFUzI1NiJ9.{Base64Url.EncodeToString(payload)}.c2lnbmF0dXJl";
}
