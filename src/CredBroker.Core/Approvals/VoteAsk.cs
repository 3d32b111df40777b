using System.Collections.Immutable;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Approvals;

/// <summary>Somebody who wants to decide an approval.</summary>
public sealed record VoteAsk
{
    /// <summary>The name that the call proved: an administrator's.</summary>
    public required string Approver { get; init; }

    /// <summary>The workload that the same connection proves; null: none.</summary>
    public required SpiffeId? Workload { get; init; }

    /// <summary>Yes, or no.</summary>
    public required bool Approves { get; init; }
}

/// <summary>What the catalog and the database say that matters to one vote.</summary>
public sealed record VoteFacts
{
    /// <summary>The approval.</summary>
    public required ApprovalFacts Approval { get; init; }

    /// <summary>Its task and the tasks above it.</summary>
    public required ImmutableArray<ChainLink> Chain { get; init; }

    /// <summary>The catalog in force.</summary>
    public required BrokerCatalog Catalog { get; init; }
}

/// <summary>What becomes of a vote. Closed: <see cref="Counted"/>, <see cref="Refused"/>.</summary>
public abstract record VoteDecision
{
    private VoteDecision()
    {
    }

    /// <summary>It counts.</summary>
    /// <param name="Approver">Whose vote it is.</param>
    /// <param name="After">The approval's state with it: pending while others have to say yes too.</param>
    public sealed record Counted(CatalogName Approver, ApprovalState After) : VoteDecision;

    /// <summary>It does not.</summary>
    /// <param name="Refusal">Why.</param>
    public sealed record Refused(Refusal Refusal) : VoteDecision;
}
