using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using static CredBroker.Core.Capabilities.ParameterConstraint;

namespace CredBroker.Core.Capabilities;

/// <summary>Reads what <see cref="CapabilityJson"/> writes, from strictly parsed JSON: no member is there twice.</summary>
internal static class CapabilityReader
{
    /// <param name="element">Anything.</param>
    /// <param name="detailsType">The <c>type</c> that must be there; null: there must be none.</param>
    /// <param name="capability">What was read.</param>
    public static bool TryRead(JsonElement element, string? detailsType, [NotNullWhen(true)] out Capability? capability)
    {
        capability = null;
        if (element.ValueKind != JsonValueKind.Object) return false;
        string? type = null, tool = null, action = null, resource = null;
        IReadOnlyCollection<ParameterBound> parameters = [];
        foreach (var member in element.EnumerateObject())
        {
            var known = member.Name switch
            {
                "type" => TryReadText(member.Value, out type),
                "tool" => TryReadText(member.Value, out tool),
                "action" => TryReadText(member.Value, out action),
                "resource" => TryReadText(member.Value, out resource),
                // Left out when there are none: an empty object would be a second form of the same capability.
                "parameters" => TryReadParameters(member.Value, out parameters) && parameters.Count > 0,
                _ => false,
            };
            if (!known) return false;
        }

        return type == detailsType && TryAssemble(tool, action, resource, parameters, out capability);
    }

    public static bool TryAssemble(
        string? tool,
        string? action,
        string? resource,
        IReadOnlyCollection<ParameterBound> parameters,
        [NotNullWhen(true)] out Capability? capability)
    {
        capability = null;
        return ToolName.TryParse(tool, out var toolName)
            && ActionName.TryParse(action, out var actionName)
            && ResourcePattern.TryParse(resource, out var pattern)
            && Capability.TryCreate(toolName, actionName, pattern, parameters, out capability);
    }

    public static bool TryReadParameters(JsonElement element, out IReadOnlyCollection<ParameterBound> parameters)
    {
        parameters = [];
        if (element.ValueKind != JsonValueKind.Object || element.GetPropertyCount() > Capability.MaxParameters) return false;
        var read = new List<ParameterBound>(element.GetPropertyCount());
        foreach (var member in element.EnumerateObject())
        {
            if (!ParameterName.TryParse(member.Name, out var name) || !TryReadConstraint(member.Value, out var constraint)) return false;
            read.Add(new(name, constraint));
        }

        parameters = read;
        return true;
    }

    private static bool TryReadConstraint(JsonElement element, [NotNullWhen(true)] out ParameterConstraint? constraint)
    {
        constraint = null;
        if (element.ValueKind != JsonValueKind.Object) return false;
        constraint = element.GetPropertyCount() switch
        {
            1 when element.TryGetProperty("in"u8, out var values) => ReadSet(values),
            1 when element.TryGetProperty("prefix"u8, out var prefix) => ReadPrefix(prefix),
            1 when element.TryGetProperty("is"u8, out var truth) => ReadBool(truth),
            2 when element.TryGetProperty("min"u8, out var min) && element.TryGetProperty("max"u8, out var max) => ReadRange(min, max),
            _ => null,
        };
        return constraint is not null;
    }

    private static StringSet? ReadSet(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() > StringSet.MaxValues) return null;
        var values = new List<string>(element.GetArrayLength());
        foreach (var item in element.EnumerateArray())
        {
            if (!TryReadText(item, out var value)) return null;
            // Sorted and distinct, or the same set would have two forms.
            if (values.Count > 0 && string.CompareOrdinal(values[^1], value) >= 0) return null;
            values.Add(value);
        }

        return StringSet.TryCreate(values, out var set) ? set : null;
    }

    private static StringPrefix? ReadPrefix(JsonElement element) =>
        TryReadText(element, out var text) && StringPrefix.TryCreate(text, out var prefix) ? prefix : null;

    private static BoolValue? ReadBool(JsonElement element) =>
        element.ValueKind is JsonValueKind.True or JsonValueKind.False ? new(element.GetBoolean()) : null;

    private static LongRange? ReadRange(JsonElement low, JsonElement high) =>
        IsLong(low, out var min) && IsLong(high, out var max) && LongRange.TryCreate(min, max, out var range) ? range : null;

    private static bool IsLong(JsonElement element, out long value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out value);
    }

    private static bool TryReadText(JsonElement element, [NotNullWhen(true)] out string? text)
    {
        text = element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        return text is not null;
    }
}
