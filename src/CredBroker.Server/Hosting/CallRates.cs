using System.Collections.Concurrent;
using CredBroker.Core.Limits;

namespace CredBroker.Server.Hosting;

/// <summary>Calls per second of each caller on this replica. Bounded: past its capacity idle callers are forgotten.</summary>
internal sealed class CallRates(TimeProvider clock)
{
    private const int Capacity = 100_000;
    private readonly ConcurrentDictionary<string, CallerState> _states = new(StringComparer.Ordinal);
    private readonly long _started = clock.GetTimestamp();

    // Elapsed time, not the date: a clock that is set back must not shut callers out until it has caught up.
    private long Now => clock.GetElapsedTime(_started).Ticks;

    /// <summary>Takes one call of a caller. Returns null when it may pass, otherwise when to try again.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="perSecond">The rate; the burst is one second of it.</param>
    public TimeSpan? Take(string caller, int perSecond)
    {
        if (!_states.TryGetValue(caller, out var state))
        {
            if (_states.Count >= Capacity) ForgetIdle();
            state = _states.GetOrAdd(caller, static _ => new CallerState());
        }

        while (true)
        {
            var seen = Volatile.Read(ref state.Arrival);
            var outcome = Gcra.Decide(Now, seen, perSecond, perSecond);
            if (!outcome.Allowed) return outcome.RetryAfter;
            if (Interlocked.CompareExchange(ref state.Arrival, outcome.State, seen) == seen) return null;
        }
    }

    // A caller whose arrival time has passed has its full burst again, so forgetting it changes nothing.
    private void ForgetIdle()
    {
        var now = Now;
        foreach (var (caller, state) in _states)
            if (Volatile.Read(ref state.Arrival) < now)
                _states.TryRemove(caller, out _);
    }

    private sealed class CallerState
    {
        public long Arrival;
    }
}
