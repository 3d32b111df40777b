using System.Collections.Immutable;
using CredBroker.Cedar.Fuzz.Worlds;

namespace CredBroker.Cedar.Fuzz.Facts;

/// <summary>Values as JSON.</summary>
/// <param name="world">The schema.</param>
/// <param name="dice">What chance decides.</param>
/// <param name="isExplicit">True: every entity and every extension's value is written so that no schema is needed to tell.</param>
internal sealed class ValueMaker(World world, Dice dice, bool isExplicit)
{
    public Json Make(Shape shape) => shape.Bare switch
    {
        Shape.Plain { Name: "Long" } => Json.Of(Samples.Long(dice)),
        Shape.Plain { Name: "String" } => Json.Of(Samples.Text(dice)),
        Shape.Plain => Json.Of(dice.Chance(60)),
        Shape.Extension { Name: var type } => Extension(type),
        Shape.Entity { Type: var type } => Entity(type),
        Shape.Set { Element: var element } => Json.List(dice.Times(dice.Below(4), () => Make(element))),
        Shape.Record { Members: var members } => Record(members),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public Json Record(ImmutableArray<Member> members) =>
        Json.Record(members.Where(member => member.IsRequired || dice.Chance(60)).Select(member => (member.Name, Make(member.Shape))));

    public static Json Uid(string type, string id) => Json.Record(("type", Json.Of(type)), ("id", Json.Of(id)));

    public Json Uid(string type) => Uid(type, world.Find(type) is { } kind ? Samples.Id(kind, dice) : "a");

    private Json Entity(string type) => isExplicit || dice.Chance(40) ? Json.Record(("__entity", Uid(type))) : Uid(type);

    private Json Extension(string type)
    {
        var text = Json.Of(Samples.Extension(type, dice, dice.Chance(2) ? 50 : 0));
        var form = isExplicit ? 0 : dice.Below(3);
        if (form == 2) return text;
        var call = type == "datetime" && dice.Chance(10)
            ? Json.Record(("fn", Json.Of("offset")), ("args", Json.List([Extension("datetime"), Explicit("duration")])))
            : Call(Samples.Constructor(type), text);
        return form == 1 ? call : Json.Record(("__extn", call));
    }

    private Json Explicit(string type) => Json.Record(("__extn", Call(Samples.Constructor(type), Json.Of(Samples.Extension(type, dice)))));

    private Json Call(string function, Json argument) => dice.Chance(85)
        ? Json.Record(("fn", Json.Of(function)), ("arg", argument))
        : Json.Record(("fn", Json.Of(function)), ("args", Json.List([argument])));
}
