using CredBroker.Core;
using CredBroker.Core.Approvals;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;

namespace CredBroker.Server.Ledger;

/// <summary>A token and whether it is valid, all of one moment.</summary>
internal sealed record TokenRow
{
    /// <summary>The token.</summary>
    public required Jti Jti { get; init; }

    /// <summary>
    /// True when it is neither revoked nor expired nor used up, its key is published, and its task and every task above are live by the
    /// database's clock.
    /// </summary>
    public required bool Active { get; init; }

    /// <summary>The task that it was minted under.</summary>
    public required TaskId TaskId { get; init; }

    /// <summary>The root of that task's tree.</summary>
    public required TaskId RootId { get; init; }

    /// <summary>All tasks above that task, root first.</summary>
    public required IReadOnlyList<TaskId> Ancestors { get; init; }

    /// <summary>SPIFFE ID of the workload that the task belongs to.</summary>
    public required string Workload { get; init; }

    /// <summary>On whose behalf.</summary>
    public required string Initiator { get; init; }

    /// <summary>The capability: tool.</summary>
    public required string Tool { get; init; }

    /// <summary>The capability: action.</summary>
    public required string Action { get; init; }

    /// <summary>The capability: resource path.</summary>
    public required string Resource { get; init; }

    /// <summary>The capability: parameters, JSON. PostgreSQL's spelling: spaces and the order of names may differ from what was written.</summary>
    public required string ParametersJson { get; init; }

    /// <summary>Who it is for.</summary>
    public required string Audience { get; init; }

    /// <summary>What it is bound to; null: a bearer token.</summary>
    public string? Cnf { get; init; }

    /// <summary>The key that signed it.</summary>
    public required string Kid { get; init; }

    /// <summary>Its <c>iat</c>.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Its <c>exp</c>.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was revoked by itself; null: it was not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>How often it may still be used; null: not counted.</summary>
    public int? UsesLeft { get; init; }

    /// <summary>The approval that it was minted on; null: nobody had to be asked.</summary>
    public ApprovalId? Approval { get; init; }

    /// <summary>The decision that it was minted on.</summary>
    public required DecisionId DecisionId { get; init; }

    /// <summary>SHA-256 of the request that minted it, 32 bytes.</summary>
    public required byte[] AskDigest { get; init; }

    /// <summary>SHA-256 of the token as it left, 32 bytes.</summary>
    public required byte[] TokenHash { get; init; }
}
