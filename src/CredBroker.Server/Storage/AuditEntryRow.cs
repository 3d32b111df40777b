using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using CredBroker.Core.Audit;

namespace CredBroker.Server.Storage;

/// <summary>An <see cref="AuditEntry"/> as it is kept.</summary>
[Table("audit_entries")]
internal sealed class AuditEntryRow
{
    /// <summary>UUID version 7.</summary>
    [Key] public required Guid Id { get; init; }

    /// <summary>The transaction that wrote it.</summary>
    [Column(TypeName = "xid8"), DatabaseGenerated(DatabaseGeneratedOption.Identity)] public ulong Xid { get; init; }

    public required AuditKind Kind { get; init; }

    public Guid? TaskId { get; init; }

    public Guid? DecisionId { get; init; }

    /// <summary>JSON, byte for byte what was hashed.</summary>
    [Column(TypeName = "json")] public required string Payload { get; init; }

    public required byte[] LeafHash { get; init; }

    /// <summary>The entry's row.</summary>
    public static AuditEntryRow Of(AuditEntry entry) => new()
    {
        Id = entry.Id, Kind = entry.Kind, TaskId = entry.TaskId, DecisionId = entry.DecisionId, Payload = entry.Payload, LeafHash = entry.LeafHash,
    };
}
