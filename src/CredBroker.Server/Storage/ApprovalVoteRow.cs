using System.ComponentModel.DataAnnotations.Schema;
using Microsoft.EntityFrameworkCore;

namespace CredBroker.Server.Storage;

/// <summary>One approver's word on an approval.</summary>
[Table("approval_votes"), PrimaryKey(nameof(ApprovalId), nameof(Approver))]
internal sealed class ApprovalVoteRow
{
    public required Guid ApprovalId { get; init; }

    /// <summary>The administrator's name in the catalog.</summary>
    public required string Approver { get; init; }

    public required bool Approves { get; init; }

    public required string Reason { get; init; }

    [DatabaseGenerated(DatabaseGeneratedOption.Identity)] public DateTimeOffset VotedAt { get; init; }
}
