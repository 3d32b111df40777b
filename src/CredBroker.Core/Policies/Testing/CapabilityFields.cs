using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Catalog.Sections;
using CredBroker.Core.Catalog.Yaml;
using static CredBroker.Core.Capabilities.ParameterConstraint;

namespace CredBroker.Core.Policies.Testing;

/// <summary>Reads a capability by what the catalog says of its action: a parameter's value may stand alone, and has the parameter's type.</summary>
internal sealed class CapabilityFields(BrokerCatalog catalog)
{
    /// <summary>The capability; null after a complaint.</summary>
    internal Capability? Read(Field? toolField, Field? actionField, Field? resourceField, Field? parametersField)
    {
        var resource = resourceField?.Pattern();
        if (ToolOf(toolField) is not { } tool || ActionOf(actionField, tool) is not { } action) return null;
        var bounds = new List<ParameterBound>();
        foreach (var (name, field) in ParametersSection.Named(parametersField))
            if (BoundOf(action.Rule, name, field) is { } bound) bounds.Add(new(name, bound));
        return resource is { } pattern && Capability.TryCreate(tool.Name, action.Rule.Action, pattern, bounds, out var capability) ? capability : null;
    }

    private Tool? ToolOf(Field? field)
    {
        if (field?.Tool() is not { } name) return null;
        if (catalog.FindTool(name) is { } tool) return tool;
        field.Report(CatalogErrorKind.Dangling, $"the catalog has no tool {Quoting.Quote(name.ToString())}",
            suggest: () => Nearest.To(name.ToString(), catalog.Tools.Keys.Select(known => known.ToString())));
        return null;
    }

    private static ToolAction? ActionOf(Field? field, Tool tool)
    {
        if (field?.Action() is not { } name) return null;
        if (tool.Actions.TryGetValue(name, out var action)) return action;
        field.Report(CatalogErrorKind.Dangling, $"tool \"{tool.Name}\" has no action {Quoting.Quote(name.ToString())}",
            suggest: () => Nearest.To(name.ToString(), tool.Actions.Keys.Select(known => known.ToString())));
        return null;
    }

    private static ParameterConstraint? BoundOf(ActionRule rule, ParameterName name, Field field)
    {
        if (!rule.Parameters.TryGetValue(name, out var type))
        {
            field.Errors.Add(CatalogErrorKind.Dangling, field.KeyAt, $"action \"{rule.Tool}.{rule.Action}\" has no parameter {Quoting.Quote(name.ToString())}",
                suggest: () => Nearest.To(name.ToString(), rule.Parameters.Keys.Select(known => known.ToString())));
            return null;
        }

        if (field.Node is not YamlNode.Mapping) return ValueOf(type, field);
        var constraint = ParametersSection.ConstraintOf(field);
        if (constraint is null || constraint.Type == type) return constraint;
        field.Report(CatalogErrorKind.WrongType, $"{field.Label} is of the type {type.ToString().ToLowerInvariant()}", "a value of it, or values");
        return null;
    }

    private static ParameterConstraint? ValueOf(ParameterType type, Field field)
    {
        switch (type)
        {
            case ParameterType.String:
                return field.Text("text", 256) is { } text && StringSet.TryCreate([text], out var set) ? set : null;
            case ParameterType.Long:
                return field.Integer(long.MinValue, long.MaxValue) is { } number && LongRange.TryCreate(number, number, out var range) ? range : null;
            default:
                return field.Bool() is { } truth ? new BoolValue(truth) : null;
        }
    }
}
