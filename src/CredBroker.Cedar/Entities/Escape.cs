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
/// has the right form; every other object is a record.
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
            "__entity" when only.Value.FindText("type") is { } type && only.Value.FindText("id") is { } id =>
                new(EscapeKind.Entity, only.Value, type, id, []),
            "__extn" => CallOf(only.Value),
            "__expr" when only.Value.Kind == JsonKind.String => new(EscapeKind.Expression, only.Value, "", "", []),
            _ => null,
        };
    }

    /// <summary><c>{"fn": …, "arg": …}</c> or <c>{"fn": …, "args": […]}</c>; null for anything else.</summary>
    internal static Escape? CallOf(JsonNode node)
    {
        if (node.FindText("fn") is not { } function) return null;
        if (node.Find("arg") is { } argument) return new(EscapeKind.Extension, node, function, "", [argument]);
        return node.Find("args") is { Kind: JsonKind.Array } arguments ? new(EscapeKind.Extension, node, function, "", arguments.Items) : null;
    }
}
