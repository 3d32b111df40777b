namespace CredBroker.Core.Tasks;

/// <summary>The form of what is asked for a task, whether it is started or delegated.</summary>
internal static class TaskForm
{
    /// <summary>Why texts, life or budget are refused, or null.</summary>
    public static Refusal? Refuse(string intent, string? promptFragment, TimeSpan timeToLive, int? budget) =>
        TaskText.Refuse("intent", intent, TaskLimits.MaxTextBytes)
        ?? (promptFragment is { } fragment ? TaskText.Refuse("prompt_fragment", fragment, TaskLimits.MaxTextBytes) : null)
        ?? RefuseRange("time_to_live", timeToLive, TaskLimits.MinTimeToLive, TaskLimits.MaxTimeToLive)
        ?? (budget < 1 ? new(Reason.FieldOutOfRange, "budget", "at least 1") : null);

    /// <summary>Why a promise of heartbeats is refused, or null; none is promised with null.</summary>
    public static Refusal? RefuseHeartbeat(TimeSpan? interval) => interval is { } promised
        ? RefuseRange("heartbeat_interval", promised, TaskLimits.MinHeartbeatInterval, TaskLimits.MaxHeartbeatInterval)
        : null;

    private static Refusal? RefuseRange(string field, TimeSpan value, TimeSpan min, TimeSpan max) =>
        value < min || value > max
            ? new(Reason.FieldOutOfRange, field, $"{min.TotalSeconds:0} to {max.TotalSeconds:0} seconds")
            : null;
}
