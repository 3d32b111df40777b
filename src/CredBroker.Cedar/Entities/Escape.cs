using CredBroker.Cedar.Json;

namespace CredBroker.Cedar.Entities;

/// <summary>Which escape an object is.</summary>
internal enum EscapeKind
{
    Entity,
    Extension,
    Expression,
}

/// <summary>
/// What an object stands for that is no record. Only an object with exactly one member is an escape, and only when the member's value
/// has the right form; every other object is a record. Where a schema says what is due, other members do not matter, and what is within the
/// escape will do.
/// </summary>
/// <param name="Kind">Which escape it is.</param>
/// <param name="Content">The value of the one member.</param>
/// <param name="Name">The entity's type, or the function's name.</param>
/// <param name="Id">The entity's id.</param>
/// <param name="Arguments">The function's arguments.</param>
internal sealed record Escape(EscapeKind Kind, JsonNode Content, string Name, string Id, IReadOnlyList<JsonNode> Arguments)
{
    internal static Escape? Of(JsonNode node)
    {
        if (node.Members is not [var only]) return null;
        return only.Name switch
        {
            "__entity" => NameOf(only.Value),
            "__extn" => CallOf(only.Value, isDue: false),
            "__expr" => OfExpression(node),
            _ => null,
        };
    }

    /// <summary>What names an entity where one is due.</summary>
    internal static Escape? OfEntity(JsonNode node) => OfExpression(node) ?? NameOf(node.Find("__entity")) ?? NameOf(node);

    /// <summary>What calls a function where an extension's value is due.</summary>
    internal static Escape? OfCall(JsonNode node) => OfExpression(node) ?? (node.Find("__extn") is { } call ? CallOf(call, isDue: true) : null) ?? CallOf(node, isDue: true);

    /// <summary>
    /// A number that Cedar does not have, wherever it is in the escape, also where nothing else is looked at: that must be values all the
    /// same. Where a schema says that the escape is due, only the arguments must. Null when there is none.
    /// </summary>
    internal JsonNode? FindForeignNumber(bool isDue) => FindForeignNumber(isDue ? Arguments : Content.Members.Select(member => member.Value));

    private static JsonNode? FindForeignNumber(IEnumerable<JsonNode> nodes)
    {
        // A level of JSON may be very deep: no recursion.
        var open = new Stack<JsonNode>(nodes);
        while (open.TryPop(out var node))
        {
            if (node.Kind == JsonKind.Number && !node.TryGetLong(out _)) return node;
            foreach (var item in node.Items) open.Push(item);
            foreach (var member in node.Members) open.Push(member.Value);
        }

        return null;
    }

    private static Escape? OfExpression(JsonNode node) =>
        node.FindText("__expr") is null ? null : new(EscapeKind.Expression, node, "", "", []);

    private static Escape? NameOf(JsonNode? node) => node?.FindText("type") is { } type && node.FindText("id") is { } id
        ? new(EscapeKind.Entity, node, type, id, [])
        : null;

    /// <summary>
    /// <c>{"fn": …, "arg": …}</c> or <c>{"fn": …, "args": […]}</c>; null for anything else. Where a call is due, an <c>arg</c> that is no value
    /// does not count.
    /// </summary>
    private static Escape? CallOf(JsonNode node, bool isDue)
    {
        if (node.FindText("fn") is not { } function) return null;
        if (node.Find("arg") is { } argument && !(isDue && FindForeignNumber([argument]) is not null)) return new(EscapeKind.Extension, node, function, "", [argument]);
        return node.Find("args") is { Kind: JsonKind.Array } arguments ? new(EscapeKind.Extension, node, function, "", arguments.Items) : null;
    }
}
