using System.Collections.Frozen;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;

namespace CredBroker.Core.Catalog;

/// <summary>
/// The declarative allow-list: who can be attested, what tools there are, who may do what, who administers. Immutable and safe to
/// share; whatever it does not name is denied.
/// </summary>
public sealed class BrokerCatalog
{
    /// <summary>Names nothing, so allows nothing.</summary>
    public static BrokerCatalog Empty { get; } = new()
    {
        Settings = BrokerSettings.Default, TrustDomains = FrozenDictionary<TrustDomain, TrustedDomain>.Empty,
        Workloads = FrozenDictionary<SpiffeId, Workload>.Empty, Tools = FrozenDictionary<ToolName, Tool>.Empty,
        Admins = FrozenDictionary<CatalogName, Admin>.Empty, ApproverGroups = FrozenDictionary<CatalogName, ApproverGroup>.Empty,
        Policies = CatalogPolicies.None,
    };

    /// <summary>What it says of the broker itself.</summary>
    public required BrokerSettings Settings { get; init; }

    /// <summary>Trust domains whose evidence counts.</summary>
    public required FrozenDictionary<TrustDomain, TrustedDomain> TrustDomains { get; init; }

    /// <summary>Workloads by SPIFFE ID, which no two share.</summary>
    public required FrozenDictionary<SpiffeId, Workload> Workloads { get; init; }

    /// <summary>Tools by name.</summary>
    public required FrozenDictionary<ToolName, Tool> Tools { get; init; }

    /// <summary>Administrators by name; no two share a proof.</summary>
    public required FrozenDictionary<CatalogName, Admin> Admins { get; init; }

    /// <summary>Approver groups by name.</summary>
    public required FrozenDictionary<CatalogName, ApproverGroup> ApproverGroups { get; init; }

    /// <summary>What judges within all that; without any, nothing is permitted.</summary>
    public required CatalogPolicies Policies { get; init; }

    /// <summary>The workload of an identity; null: the catalog has none.</summary>
    public Workload? FindWorkload(SpiffeId id) => Workloads.GetValueOrDefault(id);

    /// <summary>The tool; null: the catalog has none of the name.</summary>
    public Tool? FindTool(ToolName name) => Tools.GetValueOrDefault(name);

    /// <summary>What decisions need of an action.</summary>
    public FoundRule FindAction(ToolName tool, ActionName action) =>
        FindTool(tool) is { } found ? new(true, found.Actions.GetValueOrDefault(action)?.Rule) : default;

    /// <summary>What it allows a workload; null: it has no such workload.</summary>
    public AllowList? AllowedTo(SpiffeId id) => FindWorkload(id)?.Allow;
}
