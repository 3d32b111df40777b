namespace CredBroker.IntegrationTests;

/// <summary>A clock that shows what a test sets, and moves by a step at each look.</summary>
public sealed class SetClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public TimeSpan Step { get; init; }

    public override DateTimeOffset GetUtcNow()
    {
        var shown = Now;
        Now += Step;
        return shown;
    }
}
