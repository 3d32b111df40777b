using CredBroker.Cedar.Extensions;

namespace CredBroker.Cedar.Tests.Extensions;

/// <summary>Which texts are datetimes, and which values they have; the official build agrees on each.</summary>
public sealed class DatetimeTests
{
    [Theory]
    [InlineData("2024-01-01")]
    [InlineData("2024-02-29")]
    [InlineData("0000-02-29")]
    [InlineData("9999-12-31")]
    [InlineData("2024-01-01T00:00:00+0000")]
    [InlineData("2024-01-01T00:00:00-0000")]
    [InlineData("2024-01-01T00:00:00+2359")]
    [InlineData("2024-01-01T00:00:00.123+0530")]
    [InlineData("0000-01-01T00:00:00+2359")]
    public void These_are_datetimes(string text) => Assert.True(CedarDatetime.TryParse(text, out _));

    [Theory]
    [InlineData("2024-1-1")]
    [InlineData("2023-02-29")]
    [InlineData("2024-13-01")]
    [InlineData("2024-00-10")]
    [InlineData("10000-01-01")]
    [InlineData("-001-01-01")]
    [InlineData("2024-01-01T00:00:00z")]
    [InlineData("2024-01-01t00:00:00Z")]
    [InlineData("2024-01-01T24:00:00Z")]
    [InlineData("2024-01-01T00:00:00.5Z")]
    [InlineData("2024-01-01T00:00:00.5000Z")]
    [InlineData("2024-01-01T00:00:00+01")]
    [InlineData("2024-01-01T00:00Z")]
    [InlineData("2024-01-01Z")]
    [InlineData("2024-01-01T")]
    [InlineData("2024-01-01\n")]
    [InlineData("٢٠٢٤-٠١-٠١")]
    public void These_are_no_datetimes(string text) => Assert.False(CedarDatetime.TryParse(text, out _));

    [Theory]
    [InlineData("1970-01-01", 0)]
    [InlineData("1970-01-01T00:00:00.001Z", 1)]
    [InlineData("1969-12-31T23:59:59.999Z", -1)]
    [InlineData("2024-05-01T10:00:00+0530", 1_714_537_800_000)]
    [InlineData("2024-05-01T10:00:00-0130", 1_714_563_000_000)]
    [InlineData("0000-01-01", -62_167_219_200_000)]
    [InlineData("0000-03-01", -62_162_035_200_000)]
    [InlineData("0001-01-01", -62_135_596_800_000)]
    [InlineData("9999-12-31T23:59:59.999Z", 253_402_300_799_999)]
    public void A_datetime_counts_milliseconds_from_1970(string text, long milliseconds)
    {
        Assert.True(CedarDatetime.TryParse(text, out var value));
        Assert.Equal(milliseconds, value.UnixMilliseconds);
        Assert.True(CedarDatetime.TryParse(value.ToString(), out var again));
        Assert.Equal(value, again);
    }

    [Fact]
    public void Every_day_of_the_platforms_calendar_is_where_the_platform_has_it()
    {
        for (var day = DateOnly.MinValue; day < DateOnly.MaxValue; day = day.AddDays(1))
        {
            var expected = (day.DayNumber - new DateOnly(1970, 1, 1).DayNumber) * 86_400_000L;
            Assert.True(CedarDatetime.TryParse(day.ToString("yyyy-MM-dd"), out var value));
            if (value.UnixMilliseconds != expected) Assert.Fail(day.ToString("O"));
            if (day.Day == 1) Assert.Equal(day.ToString("yyyy-MM-dd") + "T00:00:00.000Z", value.ToString());
            if (day.DayNumber > DateOnly.MaxValue.DayNumber - 3) break;
        }
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MinValue + 1)]
    [InlineData(long.MaxValue)]
    public void A_datetime_outside_the_calendar_still_has_a_text(long milliseconds) =>
        Assert.Contains("ms from 1970", new CedarDatetime(milliseconds).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData(-1, 86_399_999)]
    [InlineData(0, 0)]
    [InlineData(-86_400_000, 0)]
    [InlineData(86_400_001, 1)]
    public void The_time_of_day_is_never_negative(long milliseconds, long time) =>
        Assert.Equal(time, new CedarDatetime(milliseconds).TimeOfDay.Milliseconds);
}
