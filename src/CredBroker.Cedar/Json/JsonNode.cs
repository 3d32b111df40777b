using System.Globalization;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Json;

/// <summary>One member of an object.</summary>
internal readonly record struct JsonMember(string Name, SourceSpan NameSpan, JsonNode Value);

/// <summary>One value of a JSON text, and where it is.</summary>
internal sealed class JsonNode
{
    private readonly object? _content;

    internal JsonNode(JsonKind kind, SourceSpan span, string text = "") => (Kind, Span, _content) = (kind, span, text);

    internal JsonNode(SourceSpan span, List<JsonNode> items) => (Kind, Span, _content) = (JsonKind.Array, span, items);

    internal JsonNode(SourceSpan span, List<JsonMember> members) => (Kind, Span, _content) = (JsonKind.Object, span, members);

    internal JsonKind Kind { get; }

    internal SourceSpan Span { get; }

    /// <summary>The unescaped text of a string, or the digits of a number; else empty.</summary>
    internal string Text => _content as string ?? "";

    /// <summary>The elements of an array; else none.</summary>
    internal List<JsonNode> Items => _content as List<JsonNode> ?? s_noItems;

    /// <summary>The members of an object, no name twice; else none.</summary>
    internal List<JsonMember> Members => _content as List<JsonMember> ?? s_noMembers;

    private static readonly List<JsonNode> s_noItems = [];
    private static readonly List<JsonMember> s_noMembers = [];

    /// <summary>The value of a member; null when there is none of this name.</summary>
    internal JsonNode? Find(string name)
    {
        foreach (var member in Members)
            if (member.Name == name) return member.Value;
        return null;
    }

    /// <summary>The text of a member that is a string; null for anything else.</summary>
    internal string? FindText(string name) => Find(name) is { Kind: JsonKind.String } found ? found.Text : null;

    /// <summary>A whole number of 64 bits. The official build's reader takes <c>-0</c> for a fraction.</summary>
    internal bool TryGetLong(out long number)
    {
        number = 0;
        return Kind == JsonKind.Number && Text != "-0" && long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>What it is, for messages.</summary>
    internal string Description => Kind switch
    {
        JsonKind.Null => "null",
        JsonKind.True or JsonKind.False => "a truth value",
        JsonKind.Number => "a number",
        JsonKind.String => "a string",
        JsonKind.Array => "an array",
        _ => "an object",
    };
}
