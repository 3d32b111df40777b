using System.Collections.Immutable;
using CredBroker.Cedar.Fuzz.Worlds;

namespace CredBroker.Cedar.Fuzz.Facts;

/// <summary>Values as JSON.</summary>
/// <param name="world">The schema.</param>
/// <param name="dice">What chance decides.</param>
/// <param name="isExplicit">True: every entity and every extension's value is written so that no schema is needed to tell.</param>
internal sealed class ValueMaker(World world, Dice dice, bool isExplicit)
{
    public JsonTree Make(Shape shape) => shape.Bare switch
    {
        Shape.Plain { Name: "Long" } => JsonTree.Of(Samples.Long(dice)),
        Shape.Plain { Name: "String" } => JsonTree.Of(Samples.Text(dice)),
        Shape.Plain => JsonTree.Of(dice.Chance(60)),
        Shape.Extension { Name: var type } => Extension(type),
        Shape.Entity { Type: var type } => Entity(type),
        Shape.Set { Element: var element } => JsonTree.List(Dice.Times(dice.Below(4), () => Make(element))),
        Shape.Record { Members: var members } => Record(members),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public JsonTree Record(ImmutableArray<Member> members) =>
        JsonTree.Record(members.Where(member => member.IsRequired || dice.Chance(60)).Select(member => (member.Name, Make(member.Shape))));

    public static JsonTree Uid(string type, string id) => JsonTree.Record(("type", JsonTree.Of(type)), ("id", JsonTree.Of(id)));

    public JsonTree Uid(string type) => Uid(type, world.Find(type) is { } kind ? Samples.Id(kind, dice) : "a");

    private JsonTree Entity(string type) => isExplicit || dice.Chance(40) ? JsonTree.Record(("__entity", Uid(type))) : Uid(type);

    private JsonTree Extension(string type)
    {
        var text = JsonTree.Of(Samples.Extension(type, dice, dice.Chance(2) ? 50 : 0));
        var form = isExplicit ? 0 : dice.Below(3);
        if (form == 2) return text;
        var call = type == "datetime" && dice.Chance(10)
            ? JsonTree.Record(("fn", JsonTree.Of("offset")), ("args", JsonTree.List([Extension("datetime"), Explicit("duration")])))
            : Call(Samples.Constructor(type), text);
        return form == 1 ? call : JsonTree.Record(("__extn", call));
    }

    private JsonTree Explicit(string type) => JsonTree.Record(("__extn", Call(Samples.Constructor(type), JsonTree.Of(Samples.Extension(type, dice)))));

    private JsonTree Call(string function, JsonTree argument) => dice.Chance(85)
        ? JsonTree.Record(("fn", JsonTree.Of(function)), ("arg", argument))
        : JsonTree.Record(("fn", JsonTree.Of(function)), ("args", JsonTree.List([argument])));
}
