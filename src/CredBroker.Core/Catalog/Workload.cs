using System.Collections.Frozen;
using System.Collections.Immutable;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Catalog;

/// <summary>What can be attested, and what it may then do. Immutable: made once for each catalog version.</summary>
public sealed record Workload
{
    /// <summary>The catalog's name for it.</summary>
    public required CatalogName Name { get; init; }

    /// <summary>Who it is: in one of the catalog's trust domains.</summary>
    public required SpiffeId SpiffeId { get; init; }

    /// <summary>The person or team that answers for it: 1 to 128 characters.</summary>
    public required string Owner { get; init; }

    /// <summary>What kind of workload it is, for policies.</summary>
    public required CatalogName Class { get; init; }

    /// <summary>Ways to prove to be it: evidence that fits any one of these sets is enough.</summary>
    public required ImmutableArray<SelectorSet> Attest { get; init; }

    /// <summary>The most that it may ever ask for. Parameters that the tool bounds are bounded here too.</summary>
    public required AllowList Allow { get; init; }

    /// <summary>Audiences that it serves as a backend: it may introspect their tokens. Empty for an agent.</summary>
    public required FrozenSet<string> Serves { get; init; }

    /// <summary>Ceilings of its tasks and calls.</summary>
    public required WorkloadLimits Limits { get; init; }
}
