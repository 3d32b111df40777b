using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;

namespace CredBroker.Core.Past;

/// <summary>What a replay needs to know of a catalog of then: how it called what was granted, and whether its policies read counts.</summary>
internal sealed record PastCatalog(bool ReadCounts, IReadOnlyDictionary<(ToolName, ActionName), ActionRule> Rules)
{
    internal static PastCatalog Of(BrokerCatalog catalog) => new(
        catalog.Policies.ReadCounts,
        catalog.Tools.Values.SelectMany(tool => tool.Actions.Values).ToDictionary(action => (action.Rule.Tool, action.Rule.Action), action => action.Rule));

    internal ActionRule? RuleOf(Capability asked) => Rules.GetValueOrDefault((asked.Tool, asked.Action));
}
