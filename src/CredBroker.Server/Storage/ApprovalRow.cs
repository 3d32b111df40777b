using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using CredBroker.Core.Approvals;

namespace CredBroker.Server.Storage;

/// <summary>A question to approvers. Its state alone does not say whether it can be used: the clock and its task do too.</summary>
[Table("approvals")]
internal sealed class ApprovalRow
{
    /// <summary>UUID version 7.</summary>
    [Key] public required Guid Id { get; init; }

    public required Guid TaskId { get; init; }

    public required Guid RootId { get; init; }

    public required string Tool { get; init; }

    public required string Action { get; init; }

    public required string Resource { get; init; }

    [Column(TypeName = "jsonb")] public required string Parameters { get; init; }

    /// <summary>SHA-256 of the capability.</summary>
    public required byte[] Digest { get; init; }

    public required string[] Groups { get; init; }

    public required int Quorum { get; init; }

    public required ApprovalState State { get; init; }

    /// <summary>The decision that asked.</summary>
    public required Guid DecisionId { get; init; }

    public required int CatalogVersion { get; init; }

    /// <summary>The transaction that changed it last.</summary>
    [Column(TypeName = "xid8"), DatabaseGenerated(DatabaseGeneratedOption.Identity)] public ulong Xid { get; init; }

    [DatabaseGenerated(DatabaseGeneratedOption.Identity)] public DateTimeOffset CreatedAt { get; init; }

    /// <summary>To be decided until then; once approved, to be used.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    public DateTimeOffset? UsedAt { get; init; }

    public Guid? Jti { get; init; }
}
