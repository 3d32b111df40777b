using System.Collections.Frozen;
using System.Collections.Immutable;
using CredBroker.Core.Capabilities;

namespace CredBroker.Core.Catalog.Sections;

/// <summary>One action of a tool.</summary>
internal static class ActionSection
{
    private const int MaxResources = 64;

    internal static ToolAction? Read(ActionName name, Field field, ToolFacts? tool)
    {
        if (field.Fields("risk", "data", "egress", "max_ttl", "single_use", "resources", "parameters") is not { } keys)
            return null;

        var risk = keys.Must("risk")?.OneOf(("read", RiskClass.Read), ("write", RiskClass.Write), ("privileged", RiskClass.Privileged));
        var data = keys.May("data")?.Data();
        var egress = keys.May("egress")?.Bool();
        var ceiling = risk is null || tool is null ? TimeSpan.FromHours(1) : tool.Ceilings.For(risk.Value);
        var lifetime = keys.May("max_ttl")?.Duration(TimeSpan.FromSeconds(1), ceiling);
        var singleUse = keys.May("single_use")?.Bool() ?? false;
        var resources = Resources(keys.May("resources"));
        var parameters = ParametersSection.Declarations(keys.May("parameters"));
        if (risk is null || tool is null)
            return null;

        return new ToolAction
        {
            Rule = new()
            {
                Tool = tool.Name,
                Action = name,
                Audience = tool.Audience,
                Risk = risk.Value,
                Data = data ?? tool.Data,
                Egress = egress ?? tool.Egress,
                MaxTokenLifetime = lifetime ?? ceiling,
                BearerAllowed = tool.BearerAllowed,
                SingleUse = singleUse || risk == RiskClass.Privileged,
                Parameters = parameters.ToFrozenDictionary(p => p.Name, p => p.Type),
            },
            Resources = resources,
            Bounds = parameters.Where(p => p.Bound is not null).ToFrozenDictionary(p => p.Name, p => p.Bound!),
        };
    }

    private static ImmutableArray<ResourcePattern> Resources(Field? field)
    {
        var unique = new Unique("resource");
        return
        [
            .. from item in field?.Items("a resource pattern", MaxResources) ?? []
               let pattern = item.Pattern()
               where pattern is not null && unique.Add(pattern.Value.ToString(), item)
               select pattern.Value,
        ];
    }
}
