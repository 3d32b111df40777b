using System.Collections.Immutable;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;

namespace CredBroker.Core.Tasks;

/// <summary>
/// A task that the rules approved, ready to be recorded. Only <see cref="Starting"/> and <see cref="Delegating"/> make one: code that
/// skips the rules does not compile. Its texts are in the form in which they may be kept.
/// </summary>
public sealed class ApprovedTask
{
    // A root.
    internal ApprovedTask(StartAsk ask, StartFacts facts, DateTimeOffset now)
    {
        Id = ask.Task;
        Ancestors = [];
        HandedDown = [];
        Decision = ask.Decision;
        Workload = ask.Workload;
        Initiator = ask.Initiator;
        Intent = facts.Keeping.Keep(ask.Intent);
        PromptFragment = ask.PromptFragment is { } fragment ? facts.Keeping.Keep(fragment) : null;
        Envelope = ask.Envelope;
        CatalogVersion = facts.CatalogVersion;
        State = TaskState.Active;
        CreatedAt = Deadlines.ToMicroseconds(now);
        Deadline = Deadlines.OfTask(now, ask.TimeToLive);
        HeartbeatInterval = ask.HeartbeatInterval;
        HeartbeatDue = Deadlines.OfHeartbeat(now, ask.HeartbeatInterval);
        Budget = ask.Budget ?? facts.MaxBudget;
    }

    // A child, which waits for its workload.
    internal ApprovedTask(
        DelegateAsk ask, DelegateFacts facts, TaskFacts parent, int budget, ImmutableArray<HandingDown.Allowed> policies, DateTimeOffset now)
    {
        HandedDown = policies;
        HistoryVersion = parent.HistoryVersion;
        Id = facts.Child;
        Ancestors = facts.Ancestors;
        Decision = ask.Decision;
        Workload = ask.To;
        Initiator = parent.Initiator;
        Intent = facts.Keeping.Keep(ask.Intent);
        PromptFragment = ask.PromptFragment is { } fragment ? facts.Keeping.Keep(fragment) : null;
        Envelope = ask.Envelope;
        CatalogVersion = facts.CatalogVersion;
        State = TaskState.Waiting;
        CreatedAt = Deadlines.ToMicroseconds(now);
        Deadline = Deadlines.OfTask(now, ask.TimeToLive, parent.Deadline);
        Budget = budget;
    }

    /// <summary>The task.</summary>
    public TaskId Id { get; }

    /// <summary>The tasks above it, root first, parent last; empty for a root.</summary>
    public ImmutableArray<TaskId> Ancestors { get; }

    /// <summary>The root of its tree: itself, for a root.</summary>
    public TaskId Root => Ancestors.IsEmpty ? Id : Ancestors[0];

    /// <summary>The task that it was delegated from; null for a root.</summary>
    public TaskId? Parent => Ancestors.IsEmpty ? null : Ancestors[^1];

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

    /// <summary>What the policies said of each capability, for a child; empty for a root, of which they are asked at each mint only.</summary>
    public ImmutableArray<HandingDown.Allowed> HandedDown { get; }

    /// <summary>The version of the tree's history that the decision saw, which moves when a child is recorded; 0 for a root.</summary>
    public int HistoryVersion { get; }

    /// <summary>The catalog that approved it.</summary>
    public int CatalogVersion { get; }

    /// <summary>Active for a root; a child waits for its workload to accept it.</summary>
    public TaskState State { get; }

    /// <summary>When it was approved, in whole microseconds.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>When it ends at the latest, in whole microseconds: never after its parent.</summary>
    public DateTimeOffset Deadline { get; }

    /// <summary>How often it promises to be heard of; null: never. A child's workload promises when it accepts.</summary>
    public TimeSpan? HeartbeatInterval { get; }

    /// <summary>When it is to be heard of first, in whole microseconds; null: never.</summary>
    public DateTimeOffset? HeartbeatDue { get; }

    /// <summary>The most tokens that it may mint. A child's are taken from its parent's.</summary>
    public int Budget { get; }
}
