using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;

namespace CredBroker.Server.Ledger;

/// <summary>One approved grant on its way to the database: the token's row, its audit entry, and what the decision relied on.</summary>
internal sealed record MintCommit
{
    /// <summary>The token's id, a function of task and request: the primary key is what makes a mint happen once.</summary>
    public required Jti Jti { get; init; }

    /// <summary>The task that it is minted under.</summary>
    public required TaskId TaskId { get; init; }

    /// <summary>The root of that task's tree; the task itself when it has no parent.</summary>
    public required TaskId RootId { get; init; }

    /// <summary>The root's history version that the decision saw.</summary>
    public required int HistoryVersion { get; init; }

    /// <summary>The catalog that the decision was made on.</summary>
    public required int CatalogVersion { get; init; }

    /// <summary>What this grant would add to the tree's history, none of it there yet; null or empty: nothing. No line breaks in a label.</summary>
    public IReadOnlyCollection<string>? Grows { get; init; }

    /// <summary>What the tree's counts grow by one under: <see cref="GrantCounts.KeyOf"/>.</summary>
    public required string Counts { get; init; }

    /// <summary>
    /// True when the decision looked at what every grant of the tree changes: then the version moves with this one, and no other of the
    /// tree that rests on the same version passes.
    /// </summary>
    public bool IsSerial { get; init; }

    /// <summary>The capability: tool.</summary>
    public required string Tool { get; init; }

    /// <summary>The capability: action.</summary>
    public required string Action { get; init; }

    /// <summary>The capability: resource path.</summary>
    public required string Resource { get; init; }

    /// <summary>The capability: parameters, a JSON object.</summary>
    public required string ParametersJson { get; init; }

    /// <summary>Who the token is for (<c>aud</c>).</summary>
    public required string Audience { get; init; }

    /// <summary>What the token is bound to, <c>jkt:…</c> or <c>x5t#S256:…</c>; null: a bearer token.</summary>
    public string? Cnf { get; init; }

    /// <summary>The key that signs it.</summary>
    public required string Kid { get; init; }

    /// <summary>The token's <c>iat</c>.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The token's <c>exp</c>, not after the task's deadline.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>How often it may be used; null: not counted.</summary>
    public int? UsesLeft { get; init; }

    /// <summary>The decision, new for every ask: it tells this ask from another one for the same token.</summary>
    public required DecisionId DecisionId { get; init; }

    /// <summary>SHA-256 of the request: tells a retry from another request with the same id. 32 bytes.</summary>
    public required byte[] AskDigest { get; init; }

    /// <summary>SHA-256 of the signed token, 32 bytes: what any replica knows the very token by.</summary>
    public required byte[] TokenHash { get; init; }

    /// <summary>The entry that is committed with the token, of <see cref="AuditKind.TokenMinted"/>.</summary>
    public required AuditEntry Audit { get; init; }
}
