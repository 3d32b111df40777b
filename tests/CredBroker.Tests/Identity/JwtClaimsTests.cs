using CredBroker.Core.Identity;

namespace CredBroker.Tests.Identity;

public sealed class JwtClaimsTests
{
    [Theory]
    [InlineData("1", ClaimState.Present)]
    [InlineData("0", ClaimState.Present)]
    [InlineData("253402300799", ClaimState.Present)]
    [InlineData("253402300800", ClaimState.Malformed)]
    [InlineData("-1", ClaimState.Malformed)]
    [InlineData("1.5", ClaimState.Malformed)]
    [InlineData("1.0", ClaimState.Malformed)]
    [InlineData("1e3", ClaimState.Malformed)]
    [InlineData("9223372036854775808", ClaimState.Malformed)]
    [InlineData("1e400", ClaimState.Malformed)]
    [InlineData("\"1\"", ClaimState.Malformed)]
    [InlineData("null", ClaimState.Malformed)]
    [InlineData("true", ClaimState.Malformed)]
    [InlineData("[1]", ClaimState.Malformed)]
    public void A_numeric_date_is_an_integer_in_range(string json, ClaimState expected) =>
        Assert.Equal(expected, Claims($$"""{"exp":{{json}}}""").ReadNumericDate("exp", out _));

    [Fact]
    public void A_numeric_date_is_seconds_since_1970()
    {
        Assert.Equal(ClaimState.Present, Claims("""{"exp":1792497600}""").ReadNumericDate("exp", out var value));
        Assert.Equal(new DateTimeOffset(2026, 10, 20, 12, 0, 0, TimeSpan.Zero), value);
    }

    [Theory]
    [InlineData("\"a\"", ClaimState.Present)]
    [InlineData("\"\"", ClaimState.Malformed)]
    [InlineData("1", ClaimState.Malformed)]
    [InlineData("null", ClaimState.Malformed)]
    [InlineData("[\"a\"]", ClaimState.Malformed)]
    [InlineData("{}", ClaimState.Malformed)]
    public void A_string_is_a_non_empty_json_string(string json, ClaimState expected) =>
        Assert.Equal(expected, Claims($$"""{"sub":{{json}}}""").ReadString("sub", out _));

    [Theory]
    [InlineData("\"a\"", ClaimState.Present, "a")]
    [InlineData("""["a","b"]""", ClaimState.Present, "a b")]
    [InlineData("[]", ClaimState.Malformed, "")]
    [InlineData("""["a",1]""", ClaimState.Malformed, "")]
    [InlineData("""["a",""]""", ClaimState.Malformed, "")]
    [InlineData("""[["a"]]""", ClaimState.Malformed, "")]
    [InlineData("\"\"", ClaimState.Malformed, "")]
    [InlineData("null", ClaimState.Malformed, "")]
    [InlineData("{}", ClaimState.Malformed, "")]
    public void An_audience_is_a_string_or_an_array_of_strings(string json, ClaimState expected, string joined)
    {
        Assert.Equal(expected, Claims($$"""{"aud":{{json}}}""").ReadStrings("aud", out var values));
        Assert.Equal(joined, string.Join(' ', values));
    }

    [Fact]
    public void Objects_are_read_with_the_same_readers()
    {
        var claims = Claims("""{"cnf":{"jkt":"x"},"act":"x"}""");
        Assert.Equal(ClaimState.Present, claims.ReadObject("cnf", out var cnf));
        Assert.Equal(ClaimState.Present, cnf.ReadString("jkt", out _));
        Assert.Equal(ClaimState.Malformed, claims.ReadObject("act", out _));
    }

    [Fact]
    public void What_is_not_there_is_absent_also_in_the_default_value()
    {
        foreach (var claims in (JwtClaims[])[Claims("{}"), default])
        {
            Assert.Equal(ClaimState.Absent, claims.ReadString("sub", out _));
            Assert.Equal(ClaimState.Absent, claims.ReadNumericDate("exp", out _));
            Assert.Equal(ClaimState.Absent, claims.ReadInt64("n", out _));
            Assert.Equal(ClaimState.Absent, claims.ReadStrings("aud", out _));
            Assert.Equal(ClaimState.Absent, claims.ReadObject("cnf", out _));
        }
    }

    [Fact]
    public void Names_are_case_sensitive() => Assert.Equal(ClaimState.Absent, Claims("""{"SUB":"a"}""").ReadString("sub", out _));

    private static JwtClaims Claims(string payload)
    {
        Assert.True(CompactJws.TryParse(ForgeJws.Unsigned("""{"alg":"ES256"}""", payload), JwsLimits.Token, out var jws, out _));
        return jws.Claims;
    }
}
