using System.Globalization;
using CredBroker.Cedar.Fuzz.Facts;
using CredBroker.Cedar.Fuzz.Worlds;

namespace CredBroker.Cedar.Fuzz.Policies;

/// <summary>Values as expressions.</summary>
/// <param name="world">The schema.</param>
/// <param name="dice">What chance decides.</param>
/// <param name="percentBad">How many texts of extensions are none.</param>
internal sealed class LiteralMaker(World world, Dice dice, int percentBad)
{
    public Fragment Make(Shape shape) => shape.Bare switch
    {
        Shape.Plain { Name: "Long" } => Long(),
        Shape.Plain { Name: "String" } => Fragment.Member(Quotes.Text(Samples.Text(dice), dice)),
        Shape.Plain => Fragment.Member(dice.Pick("true", "false")),
        Shape.Extension { Name: var type } => Fragment.Member($"{Samples.Constructor(type)}({Quotes.Text(Samples.Extension(type, dice, percentBad), dice)})"),
        Shape.Entity { Type: var type } => Fragment.Member(Uid(type)),
        Shape.Set { Element: var element } => Fragment.Member($"[{string.Join(", ", Dice.Times(dice.Between(1, 3), () => Make(element)))}{dice.Pick("", "", "", "", ",")}]"),
        Shape.Record { Members: var members } => Fragment.Member($"{{{string.Join(", ", members.Where(member => member.IsRequired || dice.Chance(70)).Select(member => $"{Quotes.Name(member.Name, dice)}: {Make(member.Shape)}"))}}}"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public string Uid(string type) => Uid(type, world.Find(type) is { } kind ? Samples.Id(kind, dice) : "a");

    public string Uid(string type, string id) => $"{type}{(dice.Chance(1) ? " :: " : "::")}{Quotes.Text(id, dice)}";

    public string Uid(ActionKind action) => Uid(action.Type, action.Id);

    /// <summary>True when a literal of this shape has exactly this type: what is optional cannot be written.</summary>
    public static bool IsExact(Shape shape) => shape.Bare switch
    {
        Shape.Set { Element: var element } => IsExact(element),
        Shape.Record { Members: var members } => members.All(member => member.IsRequired && IsExact(member.Shape)),
        _ => true,
    };

    private Fragment Long()
    {
        var value = Samples.Long(dice);
        return new(value.ToString(CultureInfo.InvariantCulture), value < 0 ? Tightness.Unary : Tightness.Member);
    }
}
