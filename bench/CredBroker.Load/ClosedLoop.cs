using System.Diagnostics;

namespace CredBroker.Load;

/// <summary>Callers that each have one call under way at any time. The first failure ends the run: a rate of refusals is no rate.</summary>
internal sealed class ClosedLoop
{
    public const int Callers = 64;
    public static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);

    private readonly Func<int, ValueTask<bool>> _call;
    private readonly CallerState[] _callers = [.. Enumerable.Range(0, Callers).Select(_ => new CallerState())];
    private long _begin = long.MaxValue;
    private long _end = long.MaxValue;

    private ClosedLoop(Func<int, ValueTask<bool>> call) => _call = call;

    /// <summary>Runs to the end of the measured time, or until nothing is left to call with.</summary>
    /// <param name="call">One call of a caller, 0 to 63; false: nothing is left, and no call was made.</param>
    /// <param name="warmUp">What comes before.</param>
    /// <param name="meter">What CPU time is watched.</param>
    public static Task<Measurement> RunAsync(Func<int, ValueTask<bool>> call, WarmUp warmUp, CpuMeter meter) => new ClosedLoop(call).RunAsync(warmUp, meter);

    private async Task<Measurement> RunAsync(WarmUp warmUp, CpuMeter meter)
    {
        var all = Task.WhenAll(_callers.Select((state, caller) => Task.Run(() => CallAsync(caller, state))));
        await WarmAsync(warmUp, all);
        var before = meter.Now();
        var begin = Stopwatch.GetTimestamp();
        Volatile.Write(ref _end, begin + (long)(Measured.TotalSeconds * Stopwatch.Frequency));
        Volatile.Write(ref _begin, begin);
        await all;

        var after = meter.Now();
        var latencies = new LatencyHistogram();
        foreach (var state in _callers) latencies.Add(state.Latencies);
        var ended = _callers.Min(state => state.Ended);
        if (latencies.Count == 0 || ended <= begin) throw new InvalidOperationException("nothing was left to measure after the warm-up");
        var seconds = Stopwatch.GetElapsedTime(begin, ended).TotalSeconds;
        return new(latencies.Count, seconds, latencies.Percentile(0.50), latencies.Percentile(0.99), after.PerCall(before, latencies.Count));
    }

    private async Task WarmAsync(WarmUp warmUp, Task all)
    {
        var started = Stopwatch.GetTimestamp();
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
        while (!all.IsCompleted && !IsWarm(Stopwatch.GetElapsedTime(started)));

        bool IsWarm(TimeSpan passed) =>
            passed >= warmUp.AtMost || (passed >= warmUp.AtLeast && _callers.Sum(state => Volatile.Read(ref state.Calls)) >= warmUp.Calls);
    }

    private async Task CallAsync(int caller, CallerState state)
    {
        while (true)
        {
            var called = Stopwatch.GetTimestamp();
            if (called >= Volatile.Read(ref _end) || !await _call(caller))
            {
                state.Ended = Math.Min(Stopwatch.GetTimestamp(), Volatile.Read(ref _end));
                return;
            }

            var answered = Stopwatch.GetTimestamp();
            state.Calls++;
            if (answered >= Volatile.Read(ref _begin) && answered < Volatile.Read(ref _end)) state.Latencies.Record(Stopwatch.GetElapsedTime(called, answered));
        }
    }

    private sealed class CallerState
    {
        public long Calls;

        public LatencyHistogram Latencies { get; } = new();

        public long Ended { get; set; }
    }
}
