using CredBroker.Core.Tasks;

namespace CredBroker.Server.Ledger;

/// <summary>What a decision needs to know of a task, all of one moment.</summary>
internal sealed record TaskRow
{
    /// <summary>The task.</summary>
    public required TaskId Id { get; init; }

    /// <summary>The root of its tree; itself when it has no parent.</summary>
    public required TaskId RootId { get; init; }

    /// <summary>The task above it; null for a root.</summary>
    public TaskId? ParentId { get; init; }

    /// <summary>All tasks above it, root first.</summary>
    public required IReadOnlyList<TaskId> Ancestors { get; init; }

    /// <summary>SPIFFE IDs of the workloads of all tasks above it, root first: an id is always below its child's.</summary>
    public required IReadOnlyList<string> AncestorWorkloads { get; init; }

    /// <summary>SPIFFE ID of the workload that it belongs to.</summary>
    public required string Workload { get; init; }

    /// <summary>On whose behalf.</summary>
    public required string Initiator { get; init; }

    /// <summary>What it is for, scrubbed.</summary>
    public required string Intent { get; init; }

    /// <summary>The envelope, JSON.</summary>
    public required string EnvelopeJson { get; init; }

    /// <summary>The stored state; <see cref="Live"/> also knows the clock and the tasks above.</summary>
    public required TaskState State { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends at the latest.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>How often it promised to heartbeat; null: never.</summary>
    public TimeSpan? HeartbeatInterval { get; init; }

    /// <summary>When the next heartbeat is due; null: none was promised.</summary>
    public DateTimeOffset? HeartbeatDue { get; init; }

    /// <summary>The most tokens that it may mint.</summary>
    public required int Budget { get; init; }

    /// <summary>How many it has minted.</summary>
    public required int Spent { get; init; }

    /// <summary>The catalog that it was started on.</summary>
    public required int CatalogVersion { get; init; }

    /// <summary>The catalog in force when this was read: what is decided of the task must not be decided by an older one.</summary>
    public required int CatalogInForce { get; init; }

    /// <summary>What the whole tree has touched.</summary>
    public required IReadOnlyList<string> History { get; init; }

    /// <summary>How much the whole tree was granted.</summary>
    public required GrantCounts Granted { get; init; }

    /// <summary>The version of <see cref="History"/>: a mint names the one that its decision saw.</summary>
    public required int HistoryVersion { get; init; }

    /// <summary>When it ended; null: it has not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it ended.</summary>
    public EndCause? EndCause { get; init; }

    /// <summary>What its workload said at the end.</summary>
    public string? EndSummary { get; init; }

    /// <summary>True when it and every task above it are active, before their deadlines, with no heartbeat missed, by the database's clock.</summary>
    public required bool Live { get; init; }

    /// <summary>The database's clock when this was read.</summary>
    public required DateTimeOffset DatabaseNow { get; init; }
}
