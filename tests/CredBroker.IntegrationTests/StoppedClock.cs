namespace CredBroker.IntegrationTests;

/// <summary>The system's clock until a test stops it at a moment of its choice: a broker that starts with it agrees with its database.</summary>
public sealed class StoppedClock : TimeProvider
{
    private long stoppedAt;   // UTC ticks; 0: it runs

    public void StopAt(DateTimeOffset moment) => Volatile.Write(ref stoppedAt, moment.UtcTicks);

    public override DateTimeOffset GetUtcNow() => Volatile.Read(ref stoppedAt) is > 0 and var ticks ? new(ticks, TimeSpan.Zero) : base.GetUtcNow();
}
