using CredBroker.Core.Capabilities;

namespace CredBroker.Core.Catalog.Differences;

/// <summary>
/// Differences of the sections <c>broker</c>, <c>ttl</c>, <c>prompts</c> and <c>approvals</c>. Default limits show in the workloads that have them.
/// </summary>
internal static class SettingsDiff
{
    internal static void Add(DifferenceList found, BrokerSettings old, BrokerSettings @new)
    {
        found.Ceiling("broker", "delegation_depth", old.DelegationDepth, @new.DelegationDepth);
        foreach (var risk in Enum.GetValues<RiskClass>())
            found.Ceiling("ttl", risk.ToString().ToLowerInvariant(), old.TokenLifetimes.For(risk), @new.TokenLifetimes.For(risk));
        found.Value("prompts", "store", old.Prompts.ToString().ToLowerInvariant(), @new.Prompts.ToString().ToLowerInvariant());
        Add(found, old.Approvals, @new.Approvals);
    }

    private static void Add(DifferenceList found, ApprovalSettings old, ApprovalSettings @new)
    {
        found.Ceiling("approvals", "expires_after", old.ExpiresAfter, @new.ExpiresAfter);
        found.Ceiling("approvals", "use_within", old.UseWithin, @new.UseWithin);
        found.Ceiling("approvals", "per_approver_per_hour", old.PerApproverPerHour, @new.PerApproverPerHour);
        // A group that needs fewer lets more through.
        foreach (var group in old.Quorum.Keys.Union(@new.Quorum.Keys).OrderBy(name => name.ToString(), StringComparer.Ordinal))
        {
            var (before, after) = (old.Quorum.GetValueOrDefault(group, 1), @new.Quorum.GetValueOrDefault(group, 1));
            if (before != after)
                found.Add($"approvals: quorum of {group} {before} -> {after}", after < before ? DifferenceEffect.Widens : DifferenceEffect.Narrows);
        }
        found.Permission("approvals", "self_approval", old.SelfApproval, @new.SelfApproval);
    }
}
