using CredBroker.Cedar.Values;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;

namespace CredBroker.Core.Policies;

/// <summary>What policies call the things of a catalog: <c>Workload::"support-agent"</c>, <c>Action::"tickets.read"</c>.</summary>
internal static class PolicyNames
{
    internal static readonly EntityType Class = EntityType.Parse("Class");
    internal static readonly EntityType Workload = EntityType.Parse("Workload");
    internal static readonly EntityType Tool = EntityType.Parse("Tool");

    private static readonly EntityType s_action = EntityType.Parse("Action");

    /// <summary>The group of actions that can carry data out; they are in one of the groups of <see cref="Group"/> too.</summary>
    internal static readonly EntityUid Egress = new(s_action, "egress");

    internal static EntityUid Of(Workload workload) => new(Workload, workload.Name.ToString());

    internal static EntityUid OfClass(CatalogName name) => new(Class, name.ToString());

    internal static EntityUid Of(ToolName tool) => new(Tool, tool.ToString());

    /// <summary>An action's name has no dot (decision 10), and the groups have none either: no two are ever called the same.</summary>
    internal static EntityUid Of(ToolName tool, ActionName action) => new(s_action, $"{tool}.{action}");

    /// <summary>The group of all actions of a risk class.</summary>
    internal static EntityUid Group(RiskClass risk) => new(s_action, risk.ToString().ToLowerInvariant());

    internal static string Word(DataClass data) => data.ToString().ToLowerInvariant();
}
