using CredBroker.Cedar.Extensions;

namespace CredBroker.Cedar.Tests.Extensions;

/// <summary>Which texts are decimals, and which values they have; the official build agrees on each.</summary>
public sealed class DecimalTests
{
    [Theory]
    [InlineData("1.0")]
    [InlineData("1.1234")]
    [InlineData("01.10")]
    [InlineData("922337203685477.5807")]
    [InlineData("-922337203685477.5808")]
    [InlineData("0.0")]
    [InlineData("-0.0001")]
    public void These_are_decimals(string text) => Assert.True(CedarDecimal.TryParse(text, out _));

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1.00000")]
    [InlineData("- 1.0")]
    [InlineData("922337203685477.5808")]
    [InlineData("-922337203685477.5809")]
    [InlineData("9999999999999999999.0")]
    [InlineData("1.0 ")]
    [InlineData("1.0\n")]
    [InlineData("1,0")]
    [InlineData("1.-5")]
    [InlineData("1e3.0")]
    [InlineData("--1.0")]
    [InlineData("1_0.0")]
    public void These_are_no_decimals(string text) => Assert.False(CedarDecimal.TryParse(text, out _));

    [Theory]
    [InlineData("1.0", 10_000)]
    [InlineData("-0.0", 0)]
    [InlineData("01.10", 11_000)]
    [InlineData("0.0001", 1)]
    [InlineData("-0.5", -5_000)]
    [InlineData("922337203685477.5807", long.MaxValue)]
    [InlineData("-922337203685477.5808", long.MinValue)]
    public void A_decimal_counts_ten_thousandths(string text, long units)
    {
        Assert.True(CedarDecimal.TryParse(text, out var value));
        Assert.Equal(units, value.Units);
        Assert.True(CedarDecimal.TryParse(value.ToString(), out var again));
        Assert.Equal(value, again);
    }
}
