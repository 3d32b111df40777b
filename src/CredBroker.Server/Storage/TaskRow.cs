using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using CredBroker.Core.Tasks;

namespace CredBroker.Server.Storage;

/// <summary>A task: the only place where liveness lives.</summary>
[Table("tasks")]
internal sealed class TaskRow
{
    [Key] public required Guid Id { get; init; }

    /// <summary>Its own id when it has no parent.</summary>
    public required Guid RootId { get; init; }

    public Guid? ParentId { get; init; }

    /// <summary>Root first, parent last.</summary>
    public Guid[] Ancestors { get; init; } = [];

    /// <summary>SPIFFE ID.</summary>
    public required string Workload { get; init; }

    public required string Initiator { get; init; }

    public required string Intent { get; init; }

    public string? PromptFragment { get; init; }

    /// <summary>JSON: capabilities in their canonical form.</summary>
    [Column(TypeName = "jsonb")] public required string Envelope { get; init; }

    public required int CatalogVersion { get; init; }

    public required TaskState State { get; init; }

    [DatabaseGenerated(DatabaseGeneratedOption.Identity)] public DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset Deadline { get; init; }

    public TimeSpan? HeartbeatInterval { get; init; }

    /// <summary><see cref="DateTimeOffset.MaxValue"/>, PostgreSQL's infinity, when no heartbeat is promised.</summary>
    public DateTimeOffset HeartbeatDue { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>Labels of what the whole tree did; on the root's row only.</summary>
    public string[] History { get; init; } = [];

    public int HistoryVersion { get; init; }

    /// <summary>JSON: how many tokens the whole tree was granted, by tool and risk class; on the root's row only.</summary>
    [Column(TypeName = "jsonb")] public string Granted { get; init; } = "{}";

    /// <summary>Tokens that may be minted.</summary>
    public required int Budget { get; init; }

    public int Spent { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public EndCause? EndCause { get; init; }

    public string? EndSummary { get; init; }
}
