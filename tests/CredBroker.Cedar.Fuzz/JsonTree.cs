using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace CredBroker.Cedar.Fuzz;

/// <summary>JSON as it is written: numbers are their digits, and a name may be there twice.</summary>
internal abstract record JsonTree
{
    private JsonTree()
    {
    }

    public static JsonTree Null { get; } = new Bare("null");

    public static JsonTree Of(string text) => new Text(text);

    public static JsonTree Of(bool value) => new Bare(value ? "true" : "false");

    public static JsonTree Of(long number) => new Bare($"{number}");

    public static JsonTree List(IEnumerable<JsonTree> items) => new Array([.. items]);

    public static JsonTree Record(params ReadOnlySpan<(string Name, JsonTree Value)> members)
    {
        var all = ImmutableArray.CreateBuilder<Member>(members.Length);
        foreach (var (name, value) in members) all.Add(new(name, value));
        return new Object(all.DrainToImmutable());
    }

    public static JsonTree Record(IEnumerable<(string Name, JsonTree Value)> members) => new Object([.. members.Select(member => new Member(member.Name, member.Value))]);

    public static JsonTree Read(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { MaxDepth = 10_000 });
        reader.Read();
        return Read(ref reader);
    }

    /// <summary>The first member of this name; null where there is none.</summary>
    public JsonTree? this[string name] => this is Object { Members: var members } ? members.FirstOrDefault(member => member.Name == name)?.Value : null;

    public IEnumerable<JsonTree> Items => this is Array { All: var all } ? all : [];

    public IEnumerable<Member> Members => this is Object { Members: var members } ? members : [];

    /// <summary>The same with another value for a member, which is added where there is none.</summary>
    public JsonTree With(string name, JsonTree value) => this is Object { Members: var members }
        ? new Object(members.FirstOrDefault(member => member.Name == name) is { } old ? members.Replace(old, new(name, value)) : members.Add(new(name, value)))
        : this;

    /// <summary>The same without regard to the order of members.</summary>
    public JsonTree Sorted() => this switch
    {
        Array { All: var all } => List(all.Select(item => item.Sorted())),
        Object { Members: var members } => new Object([.. members.Select(member => new Member(member.Name, member.Value.Sorted())).OrderBy(member => member.Name, StringComparer.Ordinal)]),
        _ => this,
    };

    public sealed override string ToString()
    {
        var text = new StringBuilder();
        Write(text);
        return text.ToString();
    }

    private static JsonTree Read(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return new Text(reader.GetString() ?? "");
            case JsonTokenType.StartArray:
                var items = ImmutableArray.CreateBuilder<JsonTree>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(Read(ref reader));
                return new Array(items.DrainToImmutable());
            case JsonTokenType.StartObject:
                var members = ImmutableArray.CreateBuilder<Member>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = reader.GetString() ?? "";
                    reader.Read();
                    members.Add(new(name, Read(ref reader)));
                }

                return new Object(members.DrainToImmutable());
            default:
                return new Bare(Encoding.UTF8.GetString(reader.ValueSpan));
        }
    }

    private static void WriteText(StringBuilder text, string value) => text.Append('"').Append(JsonEncodedText.Encode(value).Value).Append('"');

    private void Write(StringBuilder text)
    {
        switch (this)
        {
            case Text { Value: var value }:
                WriteText(text, value);
                break;
            case Bare { Token: var token }:
                text.Append(token);
                break;
            case Array { All: var all }:
                text.Append('[');
                for (var i = 0; i < all.Length; i++)
                {
                    if (i > 0) text.Append(',');
                    all[i].Write(text);
                }

                text.Append(']');
                break;
            case Object { Members: var members }:
                text.Append('{');
                for (var i = 0; i < members.Length; i++)
                {
                    if (i > 0) text.Append(',');
                    WriteText(text, members[i].Name);
                    text.Append(':');
                    members[i].Value.Write(text);
                }

                text.Append('}');
                break;
            default:
                break;
        }
    }

    /// <summary>A member of an object.</summary>
    internal sealed record Member(string Name, JsonTree Value);

    /// <summary>A string.</summary>
    internal sealed record Text(string Value) : JsonTree;

    /// <summary>A number, <c>true</c>, <c>false</c> or <c>null</c>.</summary>
    internal sealed record Bare(string Token) : JsonTree;

    /// <summary>A list.</summary>
    internal sealed record Array(ImmutableArray<JsonTree> All) : JsonTree;

    /// <summary>An object.</summary>
    internal sealed record Object(ImmutableArray<Member> Members) : JsonTree
    {
        public new ImmutableArray<Member> Members { get; } = Members;
    }
}
