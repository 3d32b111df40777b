using System.Collections.Immutable;
using CredBroker.Cedar.Fuzz.Facts;
using CredBroker.Cedar.Fuzz.Worlds;

namespace CredBroker.Cedar.Fuzz.Policies;

/// <summary>Truths about a value.</summary>
internal sealed class ComparisonMaker(World world, Setting setting, Dice dice, ExpressionMaker expressions, LiteralMaker literals)
{
    private static readonly string[] s_orders = ["<", "<=", ">", ">="];
    private static readonly string[] s_all = ["<", "<=", ">", ">=", "==", "!=", "in", "+", "*"];

    public Fragment About(Shape shape, Fragment value, int size, ImmutableHashSet<string> known)
    {
        if (shape.Bare is Shape.Plain { Name: "Bool" } && dice.Chance(75)) return value;
        if (dice.Chance(15)) return Equal(shape, value, size, known);
        return shape.Bare switch
        {
            Shape.Plain { Name: "Long" } => Ordered(shape, value, size, known),
            Shape.Plain { Name: "String" } => dice.Chance(40) ? Like(value) : Equal(shape, value, size, known),
            Shape.Extension { Name: "decimal" } => Fragment.Member(
                $"{value.In(Tightness.Member)}.{dice.Pick("lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual")}({expressions.Of(shape, size / 2, known)})"),
            Shape.Extension { Name: "ipaddr" } => Address(shape, value, size, known),
            Shape.Extension => Ordered(shape, value, size, known),
            Shape.Entity { Type: var type } => OfEntity(type, value, size, known),
            Shape.Set { Element: var element } => OfSet(shape, element, value, size, known),
            Shape.Record { Members: var members } when !members.IsEmpty && dice.Chance(80) => Has(dice.Pick<Member>(members).Name, value),
            _ => Equal(shape, value, size, known),
        };
    }

    /// <summary>About the action itself.</summary>
    public Fragment OfAction()
    {
        var others = world.Actions.Where(action => expressions.Slips(30) || action.Namespace == setting.Action.Namespace).Append(setting.Action).ToArray();
        return Fragment.Relation(dice.Below(4) switch
        {
            0 => $"action in [{string.Join(", ", Dice.Times(dice.Between(1, 2), () => literals.Uid(dice.Pick(others))))}]",
            1 => $"action in {literals.Uid(dice.Pick(others))}",
            2 => $"action is {setting.Action.Type}",
            _ => $"action {dice.Pick("==", "!=")} {literals.Uid(dice.Pick(others))}",
        });
    }

    private Fragment Equal(Shape shape, Fragment value, int size, ImmutableHashSet<string> known)
    {
        var sign = expressions.Slips() ? dice.Pick(s_all) : dice.Pick("==", "==", "==", "!=");
        var other = LiteralMaker.IsExact(shape) ? expressions.Of(shape, size / 2, known) : value;
        return Binary(value, sign, other);
    }

    private Fragment Ordered(Shape shape, Fragment value, int size, ImmutableHashSet<string> known) =>
        Binary(value, expressions.Slips() ? dice.Pick(s_all) : dice.Pick(s_orders), expressions.Of(shape, size / 2, known));

    private Fragment Binary(Fragment left, string sign, Fragment right)
    {
        if (dice.Chance(20)) (left, right) = (right, left);
        return Fragment.Relation($"{left.In(Tightness.Sum)} {sign} {right.In(Tightness.Sum)}");
    }

    private Fragment Like(Fragment value)
    {
        var parts = Dice.Times<string?>(dice.Between(0, 3), () => dice.Chance(50) ? null : Samples.Text(dice));
        return Fragment.Relation($"{value.In(Tightness.Sum)} like {Quotes.Pattern(parts, dice)}");
    }

    private Fragment Address(Shape shape, Fragment value, int size, ImmutableHashSet<string> known) => Fragment.Member(
        $"{value.In(Tightness.Member)}.{(dice.Chance(50) ? $"isInRange({expressions.Of(shape, size / 2, known)})" : dice.Pick("isIpv4()", "isIpv6()", "isLoopback()", "isMulticast()"))}");

    private Fragment OfSet(Shape shape, Shape element, Fragment value, int size, ImmutableHashSet<string> known)
    {
        var receiver = value.In(Tightness.Member);
        if (!LiteralMaker.IsExact(shape)) return Fragment.Member($"{receiver}.{(dice.Chance(50) ? "isEmpty()" : $"{dice.Pick("containsAll", "containsAny")}({value})")}");
        return Fragment.Member(dice.Below(6) switch
        {
            0 => $"{receiver}.isEmpty()",
            1 => $"{receiver}.containsAll({expressions.Of(shape, size / 2, known)})",
            2 => $"{receiver}.containsAny({expressions.Of(shape, size / 2, known)})",
            _ => $"{receiver}.contains({expressions.Of(element, size / 2, known)})",
        });
    }

    private Fragment OfEntity(string type, Fragment value, int size, ImmutableHashSet<string> known)
    {
        var left = value.In(Tightness.Sum);
        var above = world.Above(type).Append(type).ToArray();
        var kind = world.Find(type);
        string Parent() => dice.Pick(above);
        return dice.Way<Fragment>(
            (3, () => Equal(new Shape.Entity(type), value, size, known)),
            (4, () => Fragment.Relation($"{left} in {expressions.Of(new Shape.Entity(Parent()), size / 2, known).In(Tightness.Sum)}")),
            (2, () => Fragment.Relation($"{left} in [{string.Join(", ", Alike(Parent(), size, known))}]")),
            (2, () => Fragment.Relation($"{left} is {(dice.Chance(80) ? type : dice.Pick<EntityKind>(world.Entities).Name)}")),
            (2, () => Fragment.Relation($"{left} is {type} in {literals.Uid(Parent())}")),
            (kind is { Members.IsEmpty: false } ? 3 : 0, () => Has(dice.Pick<Member>(kind!.Members).Name, value)),
            (1, () => Has(dice.Pick("zzz", "a"), value)),
            (kind?.Tags is not null || expressions.Slips() ? 3 : 0, () => Fragment.Member($"{value.In(Tightness.Member)}.hasTag({expressions.Of(Shape.Text, size / 2, known)})")))();
    }

    private string[] Alike(string type, int size, ImmutableHashSet<string> known) =>
        Dice.Times(dice.Between(1, 3), () => expressions.Of(new Shape.Entity(type), size / 3, known).Text);

    private Fragment Has(string name, Fragment value) => Fragment.Relation($"{value.In(Tightness.Sum)} has {Quotes.Name(name, dice)}");
}
