using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Tasks;

/// <summary>
/// A root task that the rules approved, ready to be recorded. Only <see cref="Starting"/> makes one: code that skips the rules does
/// not compile. Its texts are in the form in which they may be kept.
/// </summary>
public sealed class ApprovedTask
{
    internal ApprovedTask(StartAsk ask, StartFacts facts, DateTimeOffset now)
    {
        Id = ask.Task;
        Decision = ask.Decision;
        Workload = ask.Workload;
        Initiator = ask.Initiator;
        Intent = facts.Keeping.Keep(ask.Intent);
        PromptFragment = ask.PromptFragment is { } fragment ? facts.Keeping.Keep(fragment) : null;
        Envelope = ask.Envelope;
        CatalogVersion = facts.CatalogVersion;
        CreatedAt = Deadlines.ToMicroseconds(now);
        Deadline = Deadlines.OfTask(now, ask.TimeToLive);
        HeartbeatInterval = ask.HeartbeatInterval;
        HeartbeatDue = Deadlines.OfHeartbeat(now, ask.HeartbeatInterval);
        Budget = ask.Budget ?? facts.MaxBudget;
    }

    /// <summary>The task, which is its own root.</summary>
    public TaskId Id { get; }

    /// <summary>The decision that approved it.</summary>
    public DecisionId Decision { get; }

    /// <summary>Whose it is.</summary>
    public SpiffeId Workload { get; }

    /// <summary>On whose behalf.</summary>
    public string Initiator { get; }

    /// <summary>The intent as it is kept: scrubbed, or its digest.</summary>
    public string Intent { get; }

    /// <summary>The prompt fragment as it is kept; null: none was given.</summary>
    public string? PromptFragment { get; }

    /// <summary>The most that it may ask for.</summary>
    public Envelope Envelope { get; }

    /// <summary>The catalog that approved it.</summary>
    public int CatalogVersion { get; }

    /// <summary>When it started, in whole microseconds.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>When it ends at the latest, in whole microseconds.</summary>
    public DateTimeOffset Deadline { get; }

    /// <summary>How often it promises to be heard of; null: never.</summary>
    public TimeSpan? HeartbeatInterval { get; }

    /// <summary>When it is to be heard of first, in whole microseconds; null: never.</summary>
    public DateTimeOffset? HeartbeatDue { get; }

    /// <summary>The most tokens that it may mint.</summary>
    public int Budget { get; }
}
