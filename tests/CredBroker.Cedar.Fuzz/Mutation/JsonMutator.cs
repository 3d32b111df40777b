using System.Collections.Immutable;

namespace CredBroker.Cedar.Fuzz.Mutation;

/// <summary>Changes one place of a JSON value; what comes out is still JSON.</summary>
internal sealed class JsonMutator(Dice dice)
{
    private static readonly string[] s_names = ["type", "id", "__entity", "__extn", "__expr", "fn", "arg", "args", "name", "a", "", "Value", "attr", "left", "extra", "required", "uid", "attrs", "parents", "tags", "slot", "entity"];
    private static readonly string[] s_bare = ["0", "1", "-1", "-0", "1.0", "1e2", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "true", "false", "null", "0.5", "1E400", "100000000000000000000"];
    private static readonly string[] s_texts = ["", "a", "Action", "a b", "User", "nope", "1.0", "10.0.0.1", "ip", "decimal", "offset", "Long", "All", "==", "permit", "principal", "__cedar", "a::b", "::", "if"];

    public Json Mutate(Json json)
    {
        var at = dice.Below(Count(json));
        return Change(json, ref at);
    }

    private static int Count(Json json) => 1 + json.Items.Sum(Count) + json.Members.Sum(member => Count(member.Value));

    private Json Change(Json json, ref int at)
    {
        if (at-- == 0) return Changed(json);
        switch (json)
        {
            case Json.Array { All: var all }:
                for (var i = 0; i < all.Length; i++)
                {
                    var changed = Change(all[i], ref at);
                    if (at < 0) return new Json.Array(all.SetItem(i, changed));
                }

                break;
            case Json.Object { Members: var members }:
                for (var i = 0; i < members.Length; i++)
                {
                    var changed = Change(members[i].Value, ref at);
                    if (at < 0) return new Json.Object(members.SetItem(i, new(members[i].Name, changed)));
                }

                break;
            default:
                break;
        }

        return json;
    }

    private Json Changed(Json json) => json switch
    {
        Json.Object { Members: var members } when dice.Chance(85) => new Json.Object(Changed(members)),
        Json.Array { All: var all } when dice.Chance(85) => new Json.Array(Changed(all)),
        Json.Text { Value: var text } when dice.Chance(40) => Json.Of(Changed(text)),
        _ => Other(),
    };

    private ImmutableArray<Json.Member> Changed(ImmutableArray<Json.Member> members)
    {
        var added = new Json.Member(dice.Pick(s_names), Other());
        if (members.IsEmpty) return [added];
        var i = dice.Below(members.Length);
        return dice.Below(5) switch
        {
            0 => members.RemoveAt(i),
            1 => members.Add(added),
            2 => members.Add(members[i]),
            3 => members.SetItem(i, members[i] with { Name = dice.Pick(s_names) }),
            _ => members.SetItem(i, members[i] with { Value = members[dice.Below(members.Length)].Value }),
        };
    }

    private ImmutableArray<Json> Changed(ImmutableArray<Json> all)
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

    private Json Other() => dice.Below(5) switch
    {
        0 => Json.Of(dice.Pick(s_texts)),
        1 => Json.List([new Json.Bare(dice.Pick(s_bare))]),
        2 => Json.Record((dice.Pick(s_names), new Json.Bare(dice.Pick(s_bare)))),
        _ => new Json.Bare(dice.Pick(s_bare)),
    };
}
