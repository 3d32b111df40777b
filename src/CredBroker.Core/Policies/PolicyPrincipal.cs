using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Values;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Policies;

/// <summary>A workload as policies see it. Made once for each catalog; safe to share.</summary>
internal sealed class PolicyPrincipal(Workload workload)
{
    private readonly EntityStore?[] _stores = new EntityStore?[Enum.GetValues<EvidenceKind>().Length];

    internal EntityUid Uid { get; } = PolicyNames.Of(workload);

    internal EntityUid Class { get; } = PolicyNames.OfClass(workload.Class);

    /// <summary>The workload as an entity, when it proved itself so. Two threads may make it at once; they make the same.</summary>
    internal EntityStore Attested(EvidenceKind by) => _stores[(int)by - 1] ??= Make(by);

    private EntityStore Make(EvidenceKind by) => PolicyEntities.StoreOf(new Entity(
        Uid,
        CedarRecord.Of(
            new("owner", CedarValue.Of(workload.Owner)),
            new("trust_domain", CedarValue.Of(workload.SpiffeId.TrustDomain.ToString())),
            new("attested_by", CedarValue.Of(by.Word()))),
        [Class]));
}
