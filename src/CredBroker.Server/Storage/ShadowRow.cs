using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;

namespace CredBroker.Server.Storage;

/// <summary>The one candidate that is judged beside the catalog in force, and how far.</summary>
[Table("shadow")]
internal sealed class ShadowRow
{
    [Key] public bool One { get; init; } = true;

    /// <summary>UUID version 7, new at every start.</summary>
    public required Guid Candidate { get; init; }

    /// <summary>SHA-256.</summary>
    public required byte[] Digest { get; init; }

    /// <summary>JSON: text by file name.</summary>
    [Column(TypeName = "jsonb")] public required string Files { get; init; }

    [DatabaseGenerated(DatabaseGeneratedOption.Identity)] public DateTimeOffset StartedAt { get; init; }

    public required string StartedBy { get; init; }

    /// <summary>The snapshot of its start: what it sees was decided before.</summary>
    public required string Snapshot { get; init; }

    /// <summary>Entries of the record up to this transaction, and this entry in it, are counted.</summary>
    [Column(TypeName = "xid8")] public required ulong AfterXid { get; init; }

    public required Guid AfterId { get; init; }

    /// <summary>The last decision that is counted; null: none yet.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>ReplayTotals, as proto.</summary>
    public required byte[] Totals { get; init; }
}
