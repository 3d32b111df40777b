using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;

namespace CredBroker.Server.Storage;

/// <summary>A token that was minted. It is valid while it is neither expired nor revoked and its task is active.</summary>
[Table("tokens")]
internal sealed class TokenRow
{
    /// <summary>The time of its task's id, then a hash: the tokens of one task are one range.</summary>
    [Key] public required Guid Jti { get; init; }

    public required Guid TaskId { get; init; }

    public required string Tool { get; init; }

    public required string Action { get; init; }

    public required string Resource { get; init; }

    [Column(TypeName = "jsonb")] public required string Parameters { get; init; }

    public required string Audience { get; init; }

    /// <summary>What it is bound to; null: bearer.</summary>
    public string? Cnf { get; init; }

    public required string Kid { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public string? RevokeCause { get; init; }

    /// <summary>Null: not counted.</summary>
    public int? UsesLeft { get; init; }

    public required Guid DecisionId { get; init; }

    /// <summary>SHA-256: tells a retry from another ask with the same request id.</summary>
    public required byte[] AskDigest { get; init; }

    /// <summary>SHA-256 of the token as it left. The token itself is stored nowhere.</summary>
    public required byte[] TokenHash { get; init; }

    public required int DecidedHistory { get; init; }

    public required int DecidedCatalog { get; init; }

    /// <summary>What it was approved by; null: nobody had to be asked.</summary>
    public Guid? ApprovalId { get; init; }
}
