using System.Collections.Immutable;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Policies;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Tokens;

/// <summary>What the catalog and the database say that matters to one mint.</summary>
public sealed record MintFacts
{
    /// <summary>The task asked for; null: there is none.</summary>
    public required TaskFacts? Task { get; init; }

    /// <summary>The catalog that the decision is made by; the commit checks that it is still in force.</summary>
    public required int CatalogVersion { get; init; }

    /// <summary>SHA-256 over its files: 32 bytes.</summary>
    public required ImmutableArray<byte> CatalogDigest { get; init; }

    /// <summary>What the catalog has for the tool and the action.</summary>
    public required FoundRule Found { get; init; }

    /// <summary>What the catalog allows the workload; null: it has no such workload.</summary>
    public required AllowList? Allowed { get; init; }

    /// <summary>The catalog's policies.</summary>
    public required CatalogPolicies Policies { get; init; }

    /// <summary>What it allows the workloads of the tasks above, root first; null: it no longer has the workload.</summary>
    public required ImmutableArray<AllowList?> AllowedAbove { get; init; }

    /// <summary>How deep below its root the catalog lets a task be.</summary>
    public required int DelegationDepth { get; init; }

    /// <summary>True when approvers have said yes to exactly this, and the commit will take their word.</summary>
    public bool Approved { get; init; }

    /// <summary>Longest life of a token of the action's risk class, over 0.</summary>
    public required TimeSpan RiskCeiling { get; init; }
}
