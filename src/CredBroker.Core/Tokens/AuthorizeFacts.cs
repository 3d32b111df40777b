using System.Collections.Immutable;
using CredBroker.Core.Approvals;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Tokens;

/// <summary>What the token, the database and the catalog say that matters to one call.</summary>
public sealed record AuthorizeFacts
{
    /// <summary>The token; null: none that the broker minted was presented.</summary>
    public required IssuedToken? Token { get; init; }

    /// <summary>True when the token was revoked by itself.</summary>
    public required bool Revoked { get; init; }

    /// <summary>What whoever presented it could show.</summary>
    public required Possession Possession { get; init; }

    /// <summary>How the token's workload proved itself when it asked for the token; null: the token does not say.</summary>
    public required EvidenceKind? AttestedBy { get; init; }

    /// <summary>The token's task; null when there is no token.</summary>
    public required TaskFacts? Task { get; init; }

    /// <summary>The approval that the token was minted on; null: nobody had to be asked.</summary>
    public TokenApproval? Approval { get; init; }

    /// <summary>The catalog that the decision is made by; the commit checks that it is still in force.</summary>
    public required int CatalogVersion { get; init; }

    /// <summary>SHA-256 over its files: 32 bytes.</summary>
    public required ImmutableArray<byte> CatalogDigest { get; init; }

    /// <summary>What the catalog has for the tool and the action of the call.</summary>
    public required FoundRule Found { get; init; }

    /// <summary>What the catalog allows the token's workload; null: it has no such workload.</summary>
    public required AllowList? Allowed { get; init; }

    /// <summary>What the catalog allows each workload above the task, root first; null: it has no such workload.</summary>
    public required ImmutableArray<AllowList?> AllowedAbove { get; init; }

    /// <summary>The catalog's policies.</summary>
    public required CatalogPolicies Policies { get; init; }
}
