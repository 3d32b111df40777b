using CredBroker.Core.Capabilities;

namespace CredBroker.Core.Catalog.Differences;

/// <summary>
/// Differences of the sections <c>broker</c>, <c>ttl</c> and <c>prompts</c>. Default limits show in the workloads that have them.
/// </summary>
internal static class SettingsDiff
{
    internal static void Add(DifferenceList found, BrokerSettings old, BrokerSettings @new)
    {
        found.Ceiling("broker", "delegation_depth", old.DelegationDepth, @new.DelegationDepth);
        foreach (var risk in Enum.GetValues<RiskClass>())
            found.Ceiling("ttl", risk.ToString().ToLowerInvariant(), old.TokenLifetimes.For(risk), @new.TokenLifetimes.For(risk));
        found.Value("prompts", "store", old.Prompts.ToString().ToLowerInvariant(), @new.Prompts.ToString().ToLowerInvariant());
    }
}
