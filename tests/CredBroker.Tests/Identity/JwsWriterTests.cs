using System.Buffers;
using System.Text;
using System.Text.Json;
using CredBroker.Core.Identity;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CredBroker.Tests.Identity;

public sealed class JwsWriterTests
{
    private static readonly JwsWriter Writer = new("at+jwt", "k1");

    [Fact]
    public void Our_reader_reads_and_verifies_what_was_written()
    {
        var token = Write("agent");

        Assert.True(CompactJws.TryParse(token, JwsLimits.Token, out var jws, out _));
        Assert.Equal(new JwsHeader(JwsAlgorithm.ES256, "k1", "at+jwt", null), jws.Header);
        Assert.True(ForgeKeys.Import(ForgeKeys.Jwk(ForgeKeys.P256)).Verify(jws));
        jws.Claims.ReadString("sub", out var sub);
        Assert.Equal("agent", sub);
    }

    [Fact]
    public void JsonWebTokens_accepts_what_was_written()
    {
        var result = new JsonWebTokenHandler().ValidateToken(Write("agent"), new TokenValidationParameters
        {
            IssuerSigningKey = new ECDsaSecurityKey(ForgeKeys.P256) { KeyId = "k1" },
            ValidIssuer = "https://broker",
            ValidAudience = "mail",
            ValidTypes = ["at+jwt"],
            LifetimeValidator = (_, expires, _, _) => expires == DateTimeOffset.FromUnixTimeSeconds(1792497600).UtcDateTime,
        });
        Assert.True(result.IsValid, result.Exception?.Message);
        Assert.Equal("agent", result.Claims["sub"]);
    }

    [Fact]
    public void Text_needing_escapes_survives()
    {
        const string odd = "\"\\ é 😀 <b>+\u0001";
        Assert.True(CompactJws.TryParse(Write(odd), JwsLimits.Token, out var jws, out _));
        jws.Claims.ReadString("sub", out var sub);
        Assert.Equal(odd, sub);
    }

    [Fact]
    public void Bytes_and_text_are_the_same_form()
    {
        var buffer = new ArrayBufferWriter<byte>();
        Writer.Write(buffer, ForgeKeys.P256, "agent", WriteClaims);
        var token = Encoding.ASCII.GetString(buffer.WrittenSpan);
        Assert.Equal(Write("agent")[..token.LastIndexOf('.')], token[..token.LastIndexOf('.')]);
    }

    [Fact]
    public void Long_and_short_tokens_may_follow_each_other()
    {
        foreach (var length in (int[])[1, 5000, 2, 3000, 1])
        {
            Assert.True(CompactJws.TryParse(Write(new string('x', length)), JwsLimits.Token, out var jws, out _));
            jws.Claims.ReadString("sub", out var sub);
            Assert.Equal(length, sub.Length);
        }
    }

    [Fact]
    public void A_delegate_may_throw_or_write_a_token_itself()
    {
        Assert.Throws<TimeZoneNotFoundException>(() => Writer.Write(ForgeKeys.P256, 0, (json, _) =>
        {
            json.WriteStartObject("half");
            throw new TimeZoneNotFoundException();
        }));
        var outer = Writer.Write(ForgeKeys.P256, 0, (json, _) => json.WriteString("inner", Write("inner")));
        Assert.True(CompactJws.TryParse(outer, JwsLimits.Token, out var jws, out _));
        jws.Claims.ReadString("inner", out var inner);
        Assert.True(CompactJws.TryParse(inner, JwsLimits.Token, out _, out _));
    }

    [Fact]
    public void Keys_on_another_curve_are_misuse() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Writer.Write(ForgeKeys.P384, "a", WriteClaims));

    [Fact]
    public async Task Threads_share_a_writer_and_a_key()
    {
        var key = ForgeKeys.Import(ForgeKeys.Jwk(ForgeKeys.P256));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                Assert.True(CompactJws.TryParse(Write($"{thread}-{i}"), JwsLimits.Token, out var jws, out _));
                Assert.True(key.Verify(jws));
                jws.Claims.ReadString("sub", out var sub);
                Assert.Equal($"{thread}-{i}", sub);
            }
        }, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void A_token_as_bytes_allocates_next_to_nothing()
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        void Once()
        {
            buffer.ResetWrittenCount();
            Writer.Write(buffer, ForgeKeys.P256, "agent", WriteClaims);
        }
        for (var i = 0; i < 20; i++) Once();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Once();
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 0, 256);
    }

    private static string Write(string subject) => Writer.Write(ForgeKeys.P256, subject, WriteClaims);

    private static readonly Action<Utf8JsonWriter, string> WriteClaims = (json, subject) =>
    {
        json.WriteString("iss", "https://broker");
        json.WriteString("sub", subject);
        json.WriteString("aud", "mail");
        json.WriteNumber("exp", 1792497600);
        json.WriteNumber("iat", 1792497000);
    };
}
