using CredBroker.Server.Hosting;

namespace CredBroker.Tests.Hosting;

public sealed class CallRatesTests
{
    private readonly WallClock clock = new();
    private readonly CallRates rates;

    public CallRatesTests() => rates = new(clock);

    [Fact]
    public void A_caller_has_one_second_of_its_rate_at_once_and_then_its_rate()
    {
        for (var call = 0; call < 10; call++)
            Assert.Null(rates.Take("a", 10));

        Assert.Equal(TimeSpan.FromMilliseconds(100), rates.Take("a", 10));
        Assert.Null(rates.Take("b", 10));
        clock.Elapsed += TimeSpan.FromMilliseconds(100);
        Assert.Null(rates.Take("a", 10));
        Assert.NotNull(rates.Take("a", 10));
    }

    [Theory]
    [InlineData(-7_200)]
    [InlineData(7_200)]
    public void Setting_the_clock_neither_shuts_a_caller_out_nor_gives_it_more(int seconds)
    {
        for (var call = 0; call < 9; call++)
            Assert.Null(rates.Take("a", 10));

        clock.Date = clock.Date.AddSeconds(seconds);

        Assert.Null(rates.Take("a", 10));
        Assert.Equal(TimeSpan.FromMilliseconds(100), rates.Take("a", 10));
    }

    /// <summary>A clock whose date is set apart from the time that passes.</summary>
    private sealed class WallClock : TimeProvider
    {
        public DateTimeOffset Date { get; set; } = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

        public TimeSpan Elapsed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Date;

        public override long GetTimestamp() => Elapsed.Ticks;
    }
}
