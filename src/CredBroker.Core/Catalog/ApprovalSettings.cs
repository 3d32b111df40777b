using System.Collections.Frozen;

namespace CredBroker.Core.Catalog;

/// <summary>What the catalog says of approvals. The defaults hold where it says nothing.</summary>
public sealed record ApprovalSettings
{
    /// <summary>What holds where the catalog says nothing.</summary>
    public static ApprovalSettings Default { get; } = new();

    /// <summary>How long approvers have to decide: 1 minute to 24 hours.</summary>
    public TimeSpan ExpiresAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long what was approved may wait to be used: 10 seconds to 24 hours.</summary>
    public TimeSpan UseWithin { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The most votes of one approver in an hour, 1 to 10,000: who decides more does not read what they decide.</summary>
    public int PerApproverPerHour { get; init; } = 30;

    /// <summary>How many members of a group have to say yes, where that is more than one.</summary>
    public FrozenDictionary<CatalogName, int> Quorum { get; init; } = FrozenDictionary<CatalogName, int>.Empty;

    /// <summary>True: initiators and owners may decide what concerns their own tasks. A workload never may.</summary>
    public bool SelfApproval { get; init; }

    /// <summary>How many have to say yes: the policy's word or the catalog's for any of the groups, the larger.</summary>
    public int QuorumOf(IEnumerable<CatalogName> groups, int policy) =>
        Math.Max(policy, groups.Select(group => Quorum.GetValueOrDefault(group, 1)).DefaultIfEmpty(1).Max());
}
