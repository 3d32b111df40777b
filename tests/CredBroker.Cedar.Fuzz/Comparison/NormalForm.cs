namespace CredBroker.Cedar.Fuzz.Comparison;

/// <summary>
/// The JSON of policies, as far as it must be the same: members in one order; <c>has</c> of a path as the tests that it stands for, which the
/// official build writes; a list of one action as that action; sets, records and calls within a value as the expressions that they are, which
/// we write; patterns without empty literals.
/// </summary>
internal static class NormalForm
{
    private const string And = "&&";

    public static JsonTree Of(JsonTree json) => Flat(json).Sorted();

    private static JsonTree Flat(JsonTree json) => json switch
    {
        JsonTree.Object { Members: [{ Name: "has", Value: var has }] } when has["left"] is { } left && has["attr"] is JsonTree.Array { All: var path } => Chain(Tests(Flat(left), path)),
        JsonTree.Object { Members: [{ Name: And, Value: var both }] } when both["left"] is { } left && both["right"] is { } right => Chain([Flat(left), Flat(right)]),
        JsonTree.Object { Members: [{ Name: "Value", Value: var value }] } => Unfolded(value),
        JsonTree.Object { Members: [{ Name: "Record", Value: JsonTree.Object { Members: var fields } }] } =>
            JsonTree.Record(("Record", JsonTree.Record(fields.Select(field => (field.Name, Flat(field.Value)))))),
        JsonTree.Object { Members: [{ Name: "like", Value: var like }] } => JsonTree.Record(("like", JsonTree.Record(("left", Flat(like["left"] ?? JsonTree.Null)), ("pattern", JsonTree.Of(Pattern(like["pattern"])))))),
        JsonTree.Object { Members: [{ Name: "op" } operation, { Name: "entities", Value: JsonTree.Array { All: [var only] } }] } => JsonTree.Record((operation.Name, operation.Value), ("entity", only)),
        JsonTree.Array { All: var all } => JsonTree.List(all.Select(Flat)),
        JsonTree.Object { Members: var members } => JsonTree.Record(members.Select(member => (member.Name, Flat(member.Value)))),
        _ => json,
    };

    private static JsonTree Unfolded(JsonTree value) => value switch
    {
        JsonTree.Array { All: var all } => JsonTree.Record(("Set", JsonTree.List(all.Select(Unfolded)))),
        JsonTree.Object { Members: [{ Name: "__entity", Value: var uid }] } when uid["type"] is JsonTree.Text type && uid["id"] is JsonTree.Text id =>
            JsonTree.Record(("Value", JsonTree.Record(("__entity", JsonTree.Record(("type", type), ("id", id)))))),
        JsonTree.Object { Members: [{ Name: "__extn", Value: var call }] } when call["fn"] is JsonTree.Text { Value: var function } =>
            JsonTree.Record((function, JsonTree.List((call["arg"] is { } argument ? [argument] : (call["args"] ?? JsonTree.Null).Items).Select(Unfolded)))),
        JsonTree.Object { Members: var members } => JsonTree.Record(("Record", JsonTree.Record(members.Select(member => (member.Name, Unfolded(member.Value)))))),
        _ => JsonTree.Record(("Value", value)),
    };

    private static string Pattern(JsonTree? pattern) => string.Concat((pattern ?? JsonTree.Null).Items.Select(part => part is JsonTree.Text ? "*" : $"{part["Literal"]}".Trim('"').Replace("*", "\\*", StringComparison.Ordinal)));

    private static IEnumerable<JsonTree> Tests(JsonTree left, IEnumerable<JsonTree> path)
    {
        foreach (var name in path)
        {
            yield return JsonTree.Record(("has", JsonTree.Record(("left", left), ("attr", name))));
            left = JsonTree.Record((".", JsonTree.Record(("left", left), ("attr", name))));
        }
    }

    /// <summary>One list of all that must be true, however it is nested.</summary>
    private static JsonTree Chain(IEnumerable<JsonTree> parts) =>
        JsonTree.Record((And, JsonTree.List(parts.SelectMany(part => part is JsonTree.Object { Members: [{ Name: And, Value: JsonTree.Array { All: var inner } }] } ? inner : [part]))));
}
