using System.Diagnostics;
using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Values;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;

namespace CredBroker.Core.Policies;

/// <summary>What a catalog declares, as entities.</summary>
internal static class PolicyEntities
{
    /// <summary>All actions, each in the group of its risk and, where it can carry data out, in that too.</summary>
    internal static EntityStore Actions(IEnumerable<Tool> tools) => StoreOf(
    [
        new Entity(PolicyNames.Egress),
        .. Enum.GetValues<RiskClass>().Select(risk => new Entity(PolicyNames.Group(risk))),
        .. from tool in tools from action in tool.Actions.Values select new Entity(PolicyNames.Of(tool.Name, action.Rule.Action), parents: [.. GroupsOf(action.Rule)]),
    ]);

    internal static IEnumerable<EntityUid> GroupsOf(ActionRule rule) =>
        rule.Egress ? [PolicyNames.Group(rule.Risk), PolicyNames.Egress] : [PolicyNames.Group(rule.Risk)];

    /// <summary>A tool as one of its actions has it: the action may override what data it touches, and whether it can carry data out.</summary>
    internal static Entity ToolOf(ActionRule rule) => new(
        PolicyNames.Of(rule.Tool),
        CedarRecord.Of(
            new("audience", CedarValue.Of(rule.Audience)),
            new("data", CedarValue.Of(PolicyNames.Word(rule.Data))),
            new("egress", CedarValue.Of(rule.Egress))));

    internal static EntityStore StoreOf(params Entity[] entities) =>
        EntityStore.TryCreate(entities, out var store, out var errors) ? store : throw new UnreachableException(errors[0].ToString());
}
