using System.Diagnostics;

namespace CredBroker.IntegrationTests;

/// <summary>
/// Real time, and the leaps that a test makes: what is due in half an hour is due now. Timers run as they would; the database keeps
/// its own time.
/// </summary>
public sealed class LeapClock : TimeProvider
{
    private long dates;
    private long elapsed;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref dates));

    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref elapsed);

    /// <summary>Lets so much time have passed. Backwards it is a clock that was set: elapsed time never shrinks.</summary>
    public void Leap(TimeSpan by)
    {
        Interlocked.Add(ref dates, by.Ticks);
        if (by > TimeSpan.Zero)
            Interlocked.Add(ref elapsed, (long)(by.TotalSeconds * Stopwatch.Frequency));
    }
}
