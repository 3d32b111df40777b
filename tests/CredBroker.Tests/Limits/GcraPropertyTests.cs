using CredBroker.Core.Limits;
using FsCheck;
using FsCheck.Fluent;

namespace CredBroker.Tests.Limits;

/// <summary>The promises of the kernel, for any rate, any burst and any caller's patience.</summary>
public sealed class GcraPropertyTests
{
    private const long Start = 638_000_000_000_000_000;

    private static readonly Gen<Asks> s_asks =
        from rate in Gen.Choose(1, 2_000)
        from burst in Gen.Choose(1, 20)
        from pauses in Gen.Choose(0, (int)(2 * TimeSpan.TicksPerSecond / rate)).ArrayOf(60)
        select new Asks(rate, burst, pauses);

    [Fact]
    public void In_no_stretch_of_time_do_more_pass_than_burst_and_rate_allow() =>
        Properties.Hold(Prop.ForAll(s_asks.ToArbitrary(), asks =>
        {
            var passed = Run(asks).Where(ask => ask.Outcome.Allowed).Select(ask => ask.At).ToList();
            return Enumerable.Range(0, passed.Count).All(from => Enumerable.Range(from, passed.Count - from).All(to =>
                to - from + 1 <= asks.Burst + ((passed[to] - passed[from]) / asks.Interval)));
        }));

    [Fact]
    public void Whoever_waits_as_long_as_it_was_told_passes_and_not_a_tick_earlier() =>
        Properties.Hold(Prop.ForAll(s_asks.ToArbitrary(), asks => Run(asks).Where(ask => !ask.Outcome.Allowed).All(ask =>
        {
            var when = ask.At + ask.Outcome.RetryAfter.Ticks;
            return ask.Outcome.State == ask.Before
                && Gcra.Decide(when, ask.Outcome.State, asks.Rate, asks.Burst).Allowed
                && !Gcra.Decide(when - 1, ask.Outcome.State, asks.Rate, asks.Burst).Allowed;
        })));

    [Fact]
    public void After_a_quiet_time_the_whole_burst_passes_at_once_and_no_more()
    {
        var state = Gcra.Decide(Start, 0, perSecond: 5, burst: 3).State;
        var later = Start + TimeSpan.TicksPerSecond;
        for (var i = 0; i < 3; i++)
        {
            var outcome = Gcra.Decide(later, state, perSecond: 5, burst: 3);
            Assert.True(outcome.Allowed);
            state = outcome.State;
        }

        Assert.Equal(TimeSpan.FromMilliseconds(200), Gcra.Decide(later, state, perSecond: 5, burst: 3).RetryAfter);
    }

    private static List<Ask> Run(Asks asks)
    {
        var (now, state, seen) = (Start, 0L, new List<Ask>());
        foreach (var pause in asks.Pauses)
        {
            now += pause;
            var outcome = Gcra.Decide(now, state, asks.Rate, asks.Burst);
            seen.Add(new(now, state, outcome));
            state = outcome.State;
        }

        return seen;
    }

    private sealed record Asks(int Rate, int Burst, int[] Pauses)
    {
        public long Interval => TimeSpan.TicksPerSecond / Rate;
    }

    private sealed record Ask(long At, long Before, Gcra.Outcome Outcome);
}
