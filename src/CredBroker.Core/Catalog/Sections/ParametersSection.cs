using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog.Yaml;
using static CredBroker.Core.Capabilities.ParameterConstraint;

namespace CredBroker.Core.Catalog.Sections;

/// <summary>A parameter as its action declares it.</summary>
internal sealed record DeclaredParameter(ParameterName Name, ParameterType Type, ParameterConstraint? Bound);

/// <summary>
/// <c>parameters</c>, of an action (a type, or a constraint that also gives the type) and of an allow-list entry (a constraint).
/// </summary>
internal static class ParametersSection
{
    private const string Grammar = "a lower-case letter, then up to 63 of a-z, 0-9 and \"_\"";
    private const string Constraint = "one of {one_of: [...]}, {prefix: ...} or {min: ..., max: ...}";

    internal static List<DeclaredParameter> Declarations(Field? section)
    {
        var declared = new List<DeclaredParameter>();
        foreach (var (name, field) in Named(section))
        {
            if (field.Node is YamlNode.Mapping)
            {
                if (ConstraintOf(field) is { } bound)
                    declared.Add(new(name, bound.Type, bound));
            }
            else if (field.OneOf(("string", ParameterType.String), ("long", ParameterType.Long), ("bool", ParameterType.Bool)) is { } type)
                declared.Add(new(name, type, null));
        }
        return declared;
    }

    internal static IEnumerable<(ParameterName Name, Field Field)> Named(Field? section) =>
        section?.NamedBy<ParameterName>("parameter", Capability.MaxParameters, ParameterName.TryParse, Grammar) ?? [];

    /// <summary><c>true</c>, <c>false</c>, or a mapping with one kind of constraint.</summary>
    internal static ParameterConstraint? ConstraintOf(Field field)
    {
        if (field.Node is YamlNode.Scalar { IsNull: false })
            return field.Bool() is { } value ? new BoolValue(value) : null;
        if (field.Fields("one_of", "prefix", "min", "max") is not { } keys)
            return null;
        if (!keys.Has("min") && !keys.Has("max"))
            return keys.ExactlyOne("one_of", "prefix") is { } given ? keys.Has("one_of") ? Set(given) : Prefix(given) : null;
        if (!keys.Has("one_of") && !keys.Has("prefix"))
            return Range(field, keys);
        field.Report(CatalogErrorKind.Contradiction, $"{field.Label} mixes constraints", Constraint);
        return null;
    }

    private static StringSet? Set(Field field)
    {
        var unique = new Unique("value");
        var values = new List<string>();
        foreach (var item in field.Items("text", StringSet.MaxValues))
        {
            if (item.Text("text", 256) is { } text && unique.Add(text, item))
                values.Add(text);
        }
        return StringSet.TryCreate(values, out var set) ? set : null;
    }

    private static StringPrefix? Prefix(Field field)
    {
        if (field.Text("text", 256) is not { } text)
            return null;
        if (StringPrefix.TryCreate(text, out var prefix))
            return prefix;
        field.Report(CatalogErrorKind.BadText, $"{field.Label} is {Quoting.Quote(text)}", "visible text");
        return null;
    }

    private static LongRange? Range(Field field, Fields keys)
    {
        var min = keys.Must("min")?.Integer(long.MinValue, long.MaxValue);
        var max = keys.Must("max")?.Integer(long.MinValue, long.MaxValue);
        if (min is null || max is null)
            return null;
        if (LongRange.TryCreate(min.Value, max.Value, out var range))
            return range;
        field.Report(CatalogErrorKind.OutOfRange, $"{field.Label} has a min over its max");
        return null;
    }
}
