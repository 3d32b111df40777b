namespace CredBroker.Core.Limits;

/// <summary>
/// The generic cell rate algorithm as a pure kernel: (clock, state, ask) gives decision and new state. The state is one number, the
/// theoretical arrival time, so it can live in one compare-and-swap.
/// </summary>
public static class Gcra
{
    /// <summary>What came of one ask.</summary>
    /// <param name="Allowed">True: the ask may pass, and <paramref name="State"/> has to be stored.</param>
    /// <param name="State">The theoretical arrival time after this ask, in ticks of 100 ns.</param>
    /// <param name="RetryAfter">Zero when allowed, otherwise when the next ask could pass.</param>
    public readonly record struct Outcome(bool Allowed, long State, TimeSpan RetryAfter);

    /// <summary>Decides one ask.</summary>
    /// <param name="now">The moment, in ticks of 100 ns since any other moment that stays the same.</param>
    /// <param name="state">The stored theoretical arrival time; 0 for one who never asked.</param>
    /// <param name="perSecond">Sustained rate, 1 to 1,000,000 per second.</param>
    /// <param name="burst">How many may pass at once after a quiet time, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate or burst outside its range.</exception>
    public static Outcome Decide(long now, long state, int perSecond, int burst)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(perSecond, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(perSecond, 1_000_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);

        var interval = TimeSpan.TicksPerSecond / perSecond;
        var arrival = Math.Max(state, now);
        var earliest = arrival - (interval * (burst - 1));
        return now >= earliest
            ? new(true, arrival + interval, TimeSpan.Zero)
            : new(false, state, TimeSpan.FromTicks(earliest - now));
    }
}
