using System.Collections.Immutable;

namespace CredBroker.Core.Catalog;

/// <summary>
/// Which workload a piece of evidence proves. Closed: <see cref="One"/>, <see cref="None"/>, <see cref="Several"/>; only one is an
/// identity.
/// </summary>
public abstract record WorkloadMatch
{
    private WorkloadMatch()
    {
    }

    /// <summary>Exactly one workload has a set of selectors that all hold.</summary>
    /// <param name="Workload">It.</param>
    /// <param name="By">The set, the first in the catalog's order when several hold.</param>
    public sealed record One(Workload Workload, SelectorSet By) : WorkloadMatch;

    /// <summary>No workload has one.</summary>
    public sealed record None : WorkloadMatch;

    /// <summary>More than one workload has one: guessing would let the catalog's gaps decide who somebody is.</summary>
    /// <param name="Workloads">Their names, sorted: for the audit, not for the caller.</param>
    public sealed record Several(ImmutableArray<CatalogName> Workloads) : WorkloadMatch;

    /// <summary>Looks at every workload of the catalog.</summary>
    public static WorkloadMatch Find(BrokerCatalog catalog, AttestedPeer peer)
    {
        var facts = peer.Selectors.ToHashSet();
        One? found = null;
        List<CatalogName>? more = null;
        foreach (var workload in catalog.Workloads.Values)
        {
            if (workload.Attest.FirstOrDefault(set => set.Selectors.All(facts.Contains)) is not { } by)
                continue;
            if (found is null)
                found = new(workload, by);
            else
                (more ??= [found.Workload.Name]).Add(workload.Name);
        }
        return more is not null
            ? new Several([.. more.OrderBy(n => n.ToString(), StringComparer.Ordinal)])
            : found ?? (WorkloadMatch)new None();
    }

    /// <summary>
    /// True when some workload would match this peer if its executable had the right digest: then, and only then, is the digest worth
    /// computing. Ask with <see cref="AttestedPeer.Unix.Sha256"/> null.
    /// </summary>
    public static bool NeedsHash(BrokerCatalog catalog, AttestedPeer.Unix peer)
    {
        var facts = peer.Selectors.ToHashSet();
        return catalog.Workloads.Values.Any(w => w.Attest.Any(set =>
            set.NeedsHash && set.Selectors.All(s => s.Kind == SelectorKind.UnixSha256 || facts.Contains(s))));
    }
}
