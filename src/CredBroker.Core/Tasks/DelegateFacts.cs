using System.Collections.Immutable;
using CredBroker.Core.Audit;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Policies;

namespace CredBroker.Core.Tasks;

/// <summary>What the catalog and the database say that matters to delegating a task.</summary>
public sealed record DelegateFacts
{
    /// <summary>The catalog that the decision is made by.</summary>
    public required int CatalogVersion { get; init; }

    /// <summary>SHA-256 over its files: 32 bytes.</summary>
    public required ImmutableArray<byte> CatalogDigest { get; init; }

    /// <summary>The catalog's policies.</summary>
    public required CatalogPolicies Policies { get; init; }

    /// <summary>The id that the child gets if it is approved.</summary>
    public required TaskId Child { get; init; }

    /// <summary>The task to delegate from; null: there is none.</summary>
    public required TaskFacts? Parent { get; init; }

    /// <summary>The tasks above the child, root first, its parent last.</summary>
    public required ImmutableArray<TaskId> Ancestors { get; init; }

    /// <summary>Live tasks that were delegated from the parent before, those that wait included.</summary>
    public required int LiveChildren { get; init; }

    /// <summary>How many of them the parent's workload may have.</summary>
    public required int MaxChildren { get; init; }

    /// <summary>How deep below its root the catalog lets a task be.</summary>
    public required int DelegationDepth { get; init; }

    /// <summary>What the catalog has for each capability of the envelope, in its order.</summary>
    public required IReadOnlyList<FoundRule> Rules { get; init; }

    /// <summary>What the catalog allows the child's workload; null: it has no such workload.</summary>
    public required AllowList? Allowed { get; init; }

    /// <summary>What it allows the workloads of <see cref="Ancestors"/>, in that order; null: it no longer has the workload.</summary>
    public required ImmutableArray<AllowList?> AllowedAbove { get; init; }

    /// <summary>Longest life of the child's workload's tasks; the contract's 24 hours hold whatever this says.</summary>
    public required TimeSpan MaxTimeToLive { get; init; }

    /// <summary>Most tokens to one of the child's workload's tasks, at least 1.</summary>
    public required int MaxBudget { get; init; }

    /// <summary>How the intent and the prompt fragment are kept.</summary>
    public required TextKeeping Keeping { get; init; }
}
