using CredBroker.Cedar.Json;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Policies;

/// <summary>Which members an object must and may have, and the complaints when it has others.</summary>
internal sealed class JsonMembers(ErrorList errors)
{
    /// <summary>False, after a complaint, when it is no object, a required member is missing, or there is one that is not known.</summary>
    internal bool Check(JsonNode node, string[] required, string[]? optional = null)
    {
        if (node.Kind != JsonKind.Object) return Fail<bool>(node, $"this is {node.Description}", "an object");
        foreach (var (name, span, _) in node.Members)
        {
            if (required.Contains(name) || optional?.Contains(name) == true) continue;
            errors.Add(span, $"there is no member {Quoting.Code(name)} here", Expected.OneOf([.. required, .. optional ?? []]));
            return false;
        }

        foreach (var name in required)
            if (node.Find(name) is null) return Fail<bool>(node, $"there is no member {Quoting.Code(name)}", "one");
        return true;
    }

    /// <summary>False, after a complaint, when an array or an object has more in it than it may have.</summary>
    internal bool Fits(JsonNode node) => node.Items.Count + node.Members.Count <= CedarLimits.MaxElements
        || Fail<bool>(node, "too many elements", Expected.AtMost(CedarLimits.MaxElements));

    /// <summary>The name of a type; null after a complaint.</summary>
    internal TypeName? ReadType(JsonNode? node) => node is { Kind: JsonKind.String } && EntityType.TryParse(node.Text, out var type)
        ? new(type, node.Span)
        : Fail<TypeName?>(node, "this is not the name of a type", "identifiers joined by `::`");

    /// <summary>Complains. Always <c>default</c>.</summary>
    internal T? Fail<T>(JsonNode? node, string problem, string expected)
    {
        errors.Add(node?.Span ?? default, problem, expected);
        return default;
    }

    /// <summary>Complains, unless there was a complaint about something inside of it already. Always <c>default</c>.</summary>
    internal T? FailOnce<T>(JsonNode? node, string problem, string expected)
    {
        var isKnown = node is not null && errors.HasWithin(node.Span);
        return isKnown ? default : Fail<T>(node, problem, expected);
    }
}
