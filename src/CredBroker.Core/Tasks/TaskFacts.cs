using System.Collections.Immutable;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Tasks;

/// <summary>A task as the database has it at one moment: what decisions about it need.</summary>
public sealed record TaskFacts
{
    /// <summary>The task.</summary>
    public required TaskId Id { get; init; }

    /// <summary>The root of its tree: itself, for a root.</summary>
    public required TaskId Root { get; init; }

    /// <summary>Whose it is.</summary>
    public required SpiffeId Workload { get; init; }

    /// <summary>The workloads of the tasks above it, root first; empty for a root.</summary>
    public required ImmutableArray<SpiffeId> Above { get; init; }

    /// <summary>On whose behalf.</summary>
    public required string Initiator { get; init; }

    /// <summary>What it is for, in the form in which it may be kept.</summary>
    public required string Intent { get; init; }

    /// <summary>When it was made, by the database's clock.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its state.</summary>
    public required TaskState State { get; init; }

    /// <summary>When it ends at the latest.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>When the next heartbeat is due; null: none is promised.</summary>
    public required DateTimeOffset? HeartbeatDue { get; init; }

    /// <summary>The most that it may ask for.</summary>
    public required Envelope Envelope { get; init; }

    /// <summary>The most tokens that it may mint.</summary>
    public required int Budget { get; init; }

    /// <summary>How many it has minted.</summary>
    public required int Spent { get; init; }

    /// <summary>How many it may still mint, or give away.</summary>
    public int Left => Budget - Spent;

    /// <summary>What the tree has touched: labels of the root's row.</summary>
    public required ImmutableArray<string> History { get; init; }

    /// <summary>How much the tree was granted: counts of the root's row.</summary>
    public required GrantCounts Granted { get; init; }

    /// <summary>Changes when <see cref="History"/> grows; when policies read counts, with every grant of the tree.</summary>
    public required int HistoryVersion { get; init; }

    /// <summary>
    /// Why the event cannot happen to the task now, or null. A task that is past its deadline or its heartbeat is over, also while no
    /// job has ended it yet.
    /// </summary>
    public Reason? Refuse(TaskEvent asked, DateTimeOffset now)
    {
        if (TaskStateTable.Step(State, asked) is TaskStep.Refused refused) return refused.Reason;
        return State != TaskState.Ended && (Deadline <= now || HeartbeatDue <= now) ? Reason.TaskOver : null;
    }
}
