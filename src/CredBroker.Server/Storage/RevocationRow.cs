using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;

namespace CredBroker.Server.Storage;

/// <summary>A line of the feed. Readers follow (xid, id) up to the snapshot horizon, never id alone.</summary>
[Table("revocations")]
internal sealed class RevocationRow
{
    /// <summary>UUID version 7.</summary>
    [Key] public required Guid Id { get; init; }

    /// <summary>The transaction that wrote it.</summary>
    [Column(TypeName = "xid8"), DatabaseGenerated(DatabaseGeneratedOption.Identity)] public ulong Xid { get; init; }

    public required short Kind { get; init; }

    public required string Subject { get; init; }

    /// <summary>Of a token; null: concerns every audience.</summary>
    public string? Audience { get; init; }

    public required string Cause { get; init; }

    [DatabaseGenerated(DatabaseGeneratedOption.Identity)] public DateTimeOffset RevokedAt { get; init; }
}
