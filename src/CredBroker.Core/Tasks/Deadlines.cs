namespace CredBroker.Core.Tasks;

/// <summary>The one clock: a token ends no later than its task, a task no later than its parent.</summary>
public static class Deadlines
{
    /// <summary>The moment, downward to the microseconds that PostgreSQL keeps: storing it must not make it later.</summary>
    public static DateTimeOffset ToMicroseconds(DateTimeOffset moment) =>
        new(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>The moment, downward to the whole seconds of a JWT's NumericDate (RFC 7519 section 2).</summary>
    public static DateTimeOffset ToSeconds(DateTimeOffset moment) =>
        new(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    /// <summary>When a task ends that lives so long from now: never after its parent.</summary>
    public static DateTimeOffset OfTask(DateTimeOffset now, TimeSpan timeToLive, DateTimeOffset? parent = null)
    {
        var own = ToMicroseconds(now + timeToLive);
        return parent < own ? parent.Value : own;
    }

    /// <summary>When a token ends that lives so long from now: never after its task, in whole seconds, downward.</summary>
    public static DateTimeOffset OfToken(DateTimeOffset now, TimeSpan lifetime, DateTimeOffset task)
    {
        var own = now + lifetime;
        return ToSeconds(task < own ? task : own);
    }

    /// <summary>When the next heartbeat is due; null when none is promised.</summary>
    public static DateTimeOffset? OfHeartbeat(DateTimeOffset now, TimeSpan? interval) =>
        interval is { } promised ? ToMicroseconds(now + promised) : null;
}
