using System.Collections.Immutable;

namespace CredBroker.Cedar.Fuzz.Mutation;

/// <summary>
/// Changes one place of a JSON value; what comes out is still JSON. No list takes the place of an object: the official build's reader takes
/// one for the members' values, in an order of its own.
/// </summary>
internal sealed class JsonMutator(Dice dice)
{
    private static readonly string[] s_names = ["type", "id", "__entity", "__extn", "__expr", "fn", "arg", "args", "name", "a", "", "Value", "attr", "left", "extra", "required", "uid", "attrs", "parents", "tags", "slot", "entity"];
    private static readonly string[] s_bare = ["0", "1", "-1", "-0", "1.0", "1e2", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "true", "false", "null", "0.5", "1E400", "100000000000000000000"];
    private static readonly string[] s_texts = ["", "a", "Action", "a b", "User", "nope", "nope::nope", "1.0", "10.0.0.1", "ip", "decimal", "offset", "toDate", "Long", "All", "==", "permit", "principal", "__cedar", "a::b", "::", "if"];

    public JsonTree Mutate(JsonTree json)
    {
        var at = dice.Below(Count(json));
        return Change(json, ref at);
    }

    private static int Count(JsonTree json) => 1 + json.Items.Sum(Count) + json.Members.Sum(member => Count(member.Value));

    private JsonTree Change(JsonTree json, ref int at)
    {
        if (at-- == 0) return Changed(json);
        switch (json)
        {
            case JsonTree.Array { All: var all }:
                for (var i = 0; i < all.Length; i++)
                {
                    var changed = Change(all[i], ref at);
                    if (at < 0) return new JsonTree.Array(all.SetItem(i, changed));
                }

                break;
            case JsonTree.Object { Members: var members }:
                for (var i = 0; i < members.Length; i++)
                {
                    var changed = Change(members[i].Value, ref at);
                    if (at < 0) return new JsonTree.Object(members.SetItem(i, new(members[i].Name, changed)));
                }

                break;
            default:
                break;
        }

        return json;
    }

    private JsonTree Changed(JsonTree json) => json switch
    {
        JsonTree.Object { Members: var members } when dice.Chance(85) => new JsonTree.Object(Changed(members)),
        JsonTree.Array { All: var all } when dice.Chance(85) => new JsonTree.Array(Changed(all)),
        JsonTree.Text { Value: var text } when dice.Chance(40) => JsonTree.Of(Changed(text)),
        JsonTree.Object => new JsonTree.Bare(dice.Pick(s_bare)),
        _ => Other(),
    };

    private ImmutableArray<JsonTree.Member> Changed(ImmutableArray<JsonTree.Member> members)
    {
        var added = new JsonTree.Member(dice.Pick(s_names), Other());
        if (members.IsEmpty) return [added];
        var i = dice.Below(members.Length);
        return dice.Below(5) switch
        {
            0 => members.RemoveAt(i),
            1 => members.Add(added),
            2 => members.Add(members[i]),
            3 => members.SetItem(i, members[i] with { Name = dice.Pick(s_names) }),
            _ when members[dice.Below(members.Length)].Value is not JsonTree.Array and var value => members.SetItem(i, members[i] with { Value = value }),
            _ => members,
        };
    }

    private ImmutableArray<JsonTree> Changed(ImmutableArray<JsonTree> all)
    {
        if (all.IsEmpty) return [Other()];
        var i = dice.Below(all.Length);
        return dice.Below(3) switch
        {
            0 => all.RemoveAt(i),
            1 => all.Add(all[i]),
            _ => all.Add(Other()),
        };
    }

    private string Changed(string text) => dice.Below(4) switch
    {
        0 => text + dice.Pick("a", " ", "1", "::x", "\n", "\0", "é"),
        1 => text.Length == 0 ? "x" : text[..^1].TrimEnd('\ud83d'),
        2 => text.ToUpperInvariant(),
        _ => dice.Pick(s_texts),
    };

    private JsonTree Other() => dice.Below(5) switch
    {
        0 => JsonTree.Of(dice.Pick(s_texts)),
        1 => JsonTree.List([new JsonTree.Bare(dice.Pick(s_bare))]),
        2 => JsonTree.Record((dice.Pick(s_names), new JsonTree.Bare(dice.Pick(s_bare)))),
        _ => new JsonTree.Bare(dice.Pick(s_bare)),
    };
}
