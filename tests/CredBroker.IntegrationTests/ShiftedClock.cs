namespace CredBroker.IntegrationTests;

/// <summary>The system's clock, ahead of it by what a test sets; its timers are the system's.</summary>
public sealed class ShiftedClock : TimeProvider
{
    private long ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref ahead));

    public void Advance(TimeSpan by) => Interlocked.Add(ref ahead, by.Ticks);
}
