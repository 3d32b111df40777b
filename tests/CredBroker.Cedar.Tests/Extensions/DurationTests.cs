using CredBroker.Cedar.Extensions;

namespace CredBroker.Cedar.Tests.Extensions;

/// <summary>Which texts are durations, and which values they have; the official build agrees on each.</summary>
public sealed class DurationTests
{
    [Theory]
    [InlineData("1d")]
    [InlineData("1m")]
    [InlineData("1s")]
    [InlineData("1d2h3m4s5ms")]
    [InlineData("0ms")]
    [InlineData("0d")]
    [InlineData("-0ms")]
    [InlineData("007ms")]
    [InlineData("-9223372036854775808ms")]
    [InlineData("-106751991167d7h12m55s808ms")]
    public void These_are_durations(string text) => Assert.True(CedarDuration.TryParse(text, out _));

    [Theory]
    [InlineData("-")]
    [InlineData("1")]
    [InlineData("1ms1s")]
    [InlineData("- 1d")]
    [InlineData("--1d")]
    [InlineData("+1h")]
    [InlineData("1D")]
    [InlineData("1 h")]
    [InlineData("-9223372036854775809ms")]
    [InlineData("106751991168d")]
    [InlineData("-106751991168d")]
    [InlineData("106751991167d7h12m55s808ms")]
    [InlineData("1d-1h")]
    [InlineData("1w")]
    [InlineData("1y")]
    [InlineData("1us")]
    [InlineData("1h\n")]
    [InlineData("١d")]
    public void These_are_no_durations(string text) => Assert.False(CedarDuration.TryParse(text, out _));

    [Theory]
    [InlineData("1d2h3m4s5ms", 93_784_005)]
    [InlineData("-1s", -1_000)]
    [InlineData("1m", 60_000)]
    [InlineData("1ms", 1)]
    [InlineData("-9223372036854775808ms", long.MinValue)]
    [InlineData("9223372036854775807ms", long.MaxValue)]
    public void A_duration_counts_milliseconds(string text, long milliseconds)
    {
        Assert.True(CedarDuration.TryParse(text, out var value));
        Assert.Equal(milliseconds, value.Milliseconds);
        Assert.True(CedarDuration.TryParse(value.ToString(), out var again));
        Assert.Equal(value, again);
    }
}
