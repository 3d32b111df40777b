namespace CredBroker.Cedar.Fuzz.Comparison;

/// <summary>
/// The JSON of policies, as far as it must be the same: members in one order; <c>has</c> of a path as the tests that it stands for, which the
/// official build writes; sets, records and calls within a value as the expressions that they are, which we write; patterns without empty
/// literals.
/// </summary>
internal static class NormalForm
{
    private const string And = "&&";

    public static Json Of(Json json) => Flat(json).Sorted();

    private static Json Flat(Json json) => json switch
    {
        Json.Object { Members: [{ Name: "has", Value: var has }] } when has["left"] is { } left && has["attr"] is Json.Array { All: var path } => Chain(Tests(Flat(left), path)),
        Json.Object { Members: [{ Name: And, Value: var both }] } when both["left"] is { } left && both["right"] is { } right => Chain([Flat(left), Flat(right)]),
        Json.Object { Members: [{ Name: "Value", Value: var value }] } => Unfolded(value),
        Json.Object { Members: [{ Name: "like", Value: var like }] } => Json.Record(("like", Json.Record(("left", Flat(like["left"] ?? Json.Null)), ("pattern", Json.Of(Pattern(like["pattern"])))))),
        Json.Array { All: var all } => Json.List(all.Select(Flat)),
        Json.Object { Members: var members } => Json.Record(members.Select(member => (member.Name, Flat(member.Value)))),
        _ => json,
    };

    private static Json Unfolded(Json value) => value switch
    {
        Json.Array { All: var all } => Json.Record(("Set", Json.List(all.Select(Unfolded)))),
        Json.Object { Members: [{ Name: "__entity", Value: var uid }] } when uid["type"] is { } type && uid["id"] is { } id =>
            Json.Record(("Value", Json.Record(("__entity", Json.Record(("type", type), ("id", id)))))),
        Json.Object { Members: [{ Name: "__extn", Value: var call }] } when call["fn"] is Json.Text { Value: var function } =>
            Json.Record((function, Json.List((call["arg"] is { } argument ? [argument] : (call["args"] ?? Json.Null).Items).Select(Unfolded)))),
        Json.Object { Members: var members } => Json.Record(("Record", Json.Record(members.Select(member => (member.Name, Unfolded(member.Value)))))),
        _ => Json.Record(("Value", value)),
    };

    private static string Pattern(Json? pattern) => string.Concat((pattern ?? Json.Null).Items.Select(part => part is Json.Text ? "*" : $"{part["Literal"]}".Trim('"').Replace("*", "\\*", StringComparison.Ordinal)));

    private static IEnumerable<Json> Tests(Json left, IEnumerable<Json> path)
    {
        foreach (var name in path)
        {
            yield return Json.Record(("has", Json.Record(("left", left), ("attr", name))));
            left = Json.Record((".", Json.Record(("left", left), ("attr", name))));
        }
    }

    /// <summary>One list of all that must be true, however it is nested.</summary>
    private static Json Chain(IEnumerable<Json> parts) =>
        Json.Record((And, Json.List(parts.SelectMany(part => part is Json.Object { Members: [{ Name: And, Value: Json.Array { All: var inner } }] } ? inner : [part]))));
}
