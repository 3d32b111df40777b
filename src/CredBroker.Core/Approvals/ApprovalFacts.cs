using System.Collections.Immutable;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;

namespace CredBroker.Core.Approvals;

/// <summary>An approval as the database has it at one moment: what decisions about it need.</summary>
public sealed record ApprovalFacts
{
    /// <summary>The approval.</summary>
    public required ApprovalId Id { get; init; }

    /// <summary>The task that it is good for, and no other of its tree.</summary>
    public required TaskId Task { get; init; }

    /// <summary>Whose task that is.</summary>
    public required SpiffeId Workload { get; init; }

    /// <summary>SHA-256 of the canonical capability, 32 bytes: the approval is for exactly this.</summary>
    public required byte[] Digest { get; init; }

    /// <summary>The groups whose members decide; at least one.</summary>
    public required ImmutableArray<CatalogName> Groups { get; init; }

    /// <summary>How many of them have to say yes; at least 1.</summary>
    public required int Quorum { get; init; }

    /// <summary>Its state by the database's clock: past its time it is expired, and below a task that is over it is cancelled.</summary>
    public required ApprovalState State { get; init; }

    /// <summary>The votes so far, at most one of each approver.</summary>
    public required ImmutableArray<ApprovalVote> Votes { get; init; }

    /// <summary>The token that was minted with it; null: none.</summary>
    public Jti? Jti { get; init; }
}

/// <summary>The approval that a token was minted on, and the catalog that says who has a say in it now.</summary>
/// <param name="Approval">The approval, used by that token.</param>
/// <param name="Catalog">The catalog that the call is decided by.</param>
public sealed record TokenApproval(ApprovalFacts Approval, BrokerCatalog Catalog);

/// <summary>One approver's word.</summary>
/// <param name="Approver">The administrator's name in the catalog.</param>
/// <param name="Approves">Yes, or no.</param>
public readonly record struct ApprovalVote(CatalogName Approver, bool Approves);
