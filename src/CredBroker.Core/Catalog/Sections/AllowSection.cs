using CredBroker.Core.Capabilities;

namespace CredBroker.Core.Catalog.Sections;

/// <summary><c>allow</c> of a workload: each entry gives one capability for each of its actions.</summary>
internal static class AllowSection
{
    private const int MaxEntries = 256;
    private const int MaxActions = 64;
    private const int MaxCapabilities = 1_024;

    private sealed record Constrained(ParameterName Name, Field Field, ParameterConstraint Constraint);

    internal static AllowList Read(Field? field, Declared<ToolName, ToolEntry> tools)
    {
        if (field is null)
            return AllowList.Nothing;
        var capabilities = new List<Capability>();
        var distinct = new HashSet<Capability>();
        foreach (var item in field.Items("an allow-list entry", MaxEntries))
        {
            foreach (var capability in Entry(item, tools))
            {
                if (distinct.Add(capability))
                    capabilities.Add(capability);
                else
                    item.Report(CatalogErrorKind.DuplicateName, $"action \"{capability.Action}\" is already allowed in the same words");
            }
        }
        if (capabilities.Count > MaxCapabilities)
            field.Report(CatalogErrorKind.OutOfRange, "the entries give too many capabilities", "at most 1024 actions together");
        return new([.. capabilities]);
    }

    private static List<Capability> Entry(Field field, Declared<ToolName, ToolEntry> tools)
    {
        var capabilities = new List<Capability>();
        if (field.Fields("tool", "actions", "resource", "parameters") is not { } keys)
            return capabilities;

        var toolField = keys.Must("tool");
        var resourceField = keys.Must("resource");
        var resource = resourceField?.Pattern();
        var constraints = Constraints(keys.May("parameters"));
        var actionsField = keys.Must("actions");
        if (toolField?.Tool() is not { } tool
            || !tools.Find(tool, toolField, $"tool \"{tool}\" is not declared", out var entry) || entry is null)
            return capabilities;

        var unique = new Unique("action");
        foreach (var item in actionsField?.Items("an action", MaxActions) ?? [])
        {
            if (item.Action() is not { } action || !unique.Add(action.ToString(), item)
                || !entry.Actions.Find(action, item, $"tool \"{tool}\" has no action \"{action}\"", out var declared) || declared is null)
                continue;
            if (Within(declared, resourceField, resource, constraints) is { } bounds && resource is not null
                && Capability.TryCreate(tool, action, resource.Value, bounds, out var capability))
                capabilities.Add(capability);
        }
        return capabilities;
    }

    private static List<Constrained> Constraints(Field? section)
    {
        var constraints = new List<Constrained>();
        foreach (var (name, field) in ParametersSection.Named(section))
        {
            if (ParametersSection.ConstraintOf(field) is { } constraint)
                constraints.Add(new(name, field, constraint));
        }
        return constraints;
    }

    /// <summary>
    /// The constraints of one action: those of the entry, each within the action's own bound, and the action's bounds for parameters
    /// that the entry leaves open, so that an open parameter is never wider than the tool declares it.
    /// </summary>
    private static List<ParameterBound>? Within(
        ToolAction action, Field? resourceField, ResourcePattern? resource, List<Constrained> constraints)
    {
        var fits = true;
        if (resource is not null && !action.Resources.IsEmpty && !action.Resources.Any(r => r.Contains(resource.Value)))
        {
            resourceField?.Report(CatalogErrorKind.OutOfRange,
                $"resource {Quoting.Quote(resource.Value.ToString())} is wider than {Named(action)} allows", $"within {Words.Or(action.Resources.Select(r => r.ToString()))}");
            fits = false;
        }
        foreach (var (name, field, constraint) in constraints)
            fits &= Fits(action, name, field, constraint);
        if (!fits)
            return null;

        var given = constraints.Select(c => c.Name).ToHashSet();
        return
        [
            .. constraints.Select(c => new ParameterBound(c.Name, c.Constraint)),
            .. action.Bounds.Where(b => !given.Contains(b.Key)).Select(b => new ParameterBound(b.Key, b.Value)),
        ];
    }

    private static bool Fits(ToolAction action, ParameterName name, Field field, ParameterConstraint constraint)
    {
        if (!action.Rule.Parameters.TryGetValue(name, out var type))
        {
            field.Errors.Add(CatalogErrorKind.Dangling, field.KeyAt, $"{Named(action)} has no parameter {Quoting.Quote(name.ToString())}",
                suggest: () => Nearest.To(name.ToString(), action.Rule.Parameters.Keys.Select(k => k.ToString())));
            return false;
        }
        if (type != constraint.Type)
        {
            field.Report(CatalogErrorKind.WrongType,
                $"{field.Label} of {Named(action)} is a {TypeName(type)}", $"a constraint on a {TypeName(type)}");
            return false;
        }
        if (!action.Bounds.TryGetValue(name, out var bound) || Containment.Contains(bound, constraint))
            return true;
        field.Report(CatalogErrorKind.OutOfRange, $"{field.Label} is wider than {Named(action)} declares it", ConstraintWords.Of(bound));
        return false;
    }

    private static string Named(ToolAction action) => $"action \"{action.Rule.Tool}.{action.Rule.Action}\"";

    private static string TypeName(ParameterType type) => type switch
    {
        ParameterType.String => "string",
        ParameterType.Long => "long",
        _ => "bool",
    };
}
