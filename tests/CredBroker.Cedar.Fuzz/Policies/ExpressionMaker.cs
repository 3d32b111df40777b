using System.Collections.Immutable;
using CredBroker.Cedar.Fuzz.Worlds;

namespace CredBroker.Cedar.Fuzz.Policies;

/// <summary>
/// Expressions of a type: what is optional is tested before it is used. A careless maker now and then writes something of another type,
/// another operator, an attribute that is not there, or forgets the test.
/// </summary>
internal sealed class ExpressionMaker
{
    private readonly World _world;
    private readonly Setting _setting;
    private readonly Dice _dice;
    private readonly bool _isCareless;
    private readonly LiteralMaker _literals;
    private readonly ComparisonMaker _comparisons;

    public ExpressionMaker(World world, Setting setting, Dice dice, bool isCareless)
    {
        (_world, _setting, _dice, _isCareless) = (world, setting, dice, isCareless);
        _literals = new(world, dice, isCareless ? 8 : 0);
        _comparisons = new(world, setting, dice, this, _literals);
    }

    /// <summary>True now and then when this maker is careless.</summary>
    public bool Slips(int percent = 4) => _isCareless && _dice.Chance(percent);

    public Fragment Bool(int size, ImmutableHashSet<string> known)
    {
        if (Slips()) return Of(AnyShape(), size, known);
        if (size <= 1) return About(size, known);
        var half = size / 2;
        return _dice.Way<Fragment>(
            (10, () => About(size, known)),
            (6, () => Guarded(size, known)),
            (4, () => AboutMade(half, known)),
            (3, () => Chain(Tightness.And, "&&", size, known)),
            (4, () => Chain(Tightness.Or, "||", size, known)),
            (2, () => new($"{_dice.Pick("!", "!", "!!")}{Bool(half, known).In(Tightness.Member)}", Tightness.Unary)),
            (2, () => If(half, () => Bool(half, known), known)),
            (1, () => _literals.Make(Shape.Bool)),
            (1, () => _comparisons.OfAction()),
            (1, () => Projected(Shape.Bool, half, known)))();
    }

    public Fragment Of(Shape shape, int size, ImmutableHashSet<string> known)
    {
        if (Slips()) shape = AnyShape();
        var paths = _setting.Of(shape).Where(path => path.Tests.All(test => known.Contains(test.Key)) || Slips(3)).ToArray();
        var half = size / 2;
        var isDeep = size > 1;
        return _dice.Way<Fragment>(
            (paths.Length > 0 ? 12 : 0, () => Write(_dice.Pick(paths))),
            (LiteralMaker.IsExact(shape) ? 6 : 1, () => _literals.Make(shape)),
            (isDeep ? 2 : 0, () => If(half, () => Of(shape, half, known), known)),
            (isDeep ? 1 : 0, () => Projected(shape, half, known)),
            (isDeep ? 9 : 0, () => Made(shape, half, known)))();
    }

    /// <summary>A path, as it is; a careless one has another name in it.</summary>
    private Fragment Write(Path path)
    {
        if (path.Steps.Length > 0 && Slips()) path = path with { Steps = path.Steps.SetItem(_dice.Below(path.Steps.Length), new(_dice.Pick("zzz", "a", "age", "name"), _dice.Chance(20), false)) };
        return path.Write(_dice);
    }

    private Fragment About(int size, ImmutableHashSet<string> known)
    {
        var paths = _setting.Paths.Where(path => path.Tests.All(test => known.Contains(test.Key))).ToArray();
        var path = _dice.Pick(paths);
        return _comparisons.About(path.Shape, Write(path), size, known);
    }

    /// <summary>Something about what an operator or a function yields.</summary>
    private Fragment AboutMade(int size, ImmutableHashSet<string> known)
    {
        var shape = _dice.Pick<Shape>(Shape.Simple);
        return _comparisons.About(shape, _dice.Chance(70) ? Made(shape, size, known) : _literals.Make(shape), size, known);
    }

    /// <summary>Something about what may be absent, after a test that it is not.</summary>
    private Fragment Guarded(int size, ImmutableHashSet<string> known)
    {
        var optional = _setting.Paths.Where(path => path.Tests.Any(test => !known.Contains(test.Key))).ToArray();
        if (optional.Length == 0) return About(size, known);
        var path = _dice.Pick(optional);
        var tests = path.Tests.Where(test => !known.Contains(test.Key)).ToArray();
        var now = known.Union(tests.Select(test => test.Key));
        if (Slips(10)) tests = tests[1..];
        var guards = tests.Length > 0 && _dice.Chance(30) && tests[^1].WriteTests() is { } all ? [all] : tests.Select(test => test.WriteTest(_dice)).ToArray();
        var use = _dice.Chance(70) ? _comparisons.About(path.Shape, Write(path), size / 2, now) : Bool(size / 2, now);
        if (guards.Length == 0) return use;
        if (_dice.Chance(15)) return new($"if {And(guards)} then {use} else {Bool(size / 2, known)}", Tightness.Conditional);
        return _dice.Chance(10)
            ? new($"{And([.. guards, Bool(size / 3, now)]).In(Tightness.And)} && {use.In(Tightness.Relation)}", Tightness.And)
            : And([.. guards, use]);
    }

    private static Fragment And(IReadOnlyList<Fragment> parts) => parts is [var only] ? only : new(string.Join(" && ", parts.Select(part => part.In(Tightness.Relation))), Tightness.And);

    private Fragment Chain(Tightness tightness, string sign, int size, ImmutableHashSet<string> known)
    {
        var count = _dice.Chance(85) ? 2 : _dice.Between(3, 5);
        var parts = Dice.Times(count, () => Bool(size / count, known));
        // The first operand may be a chain itself: it is grouped from the left.
        return new(string.Join($" {sign} ", parts.Select((part, i) => Spaced(part.In(i == 0 ? tightness : tightness + 1)))), tightness);
    }

    private string Spaced(string text) => _dice.Chance(2) ? $"({text})" : text;

    private Fragment If(int size, Func<Fragment> make, ImmutableHashSet<string> known) =>
        new($"if {Bool(size / 2, known)} then {make()} else {make()}", Tightness.Conditional);

    /// <summary>Taken out of a record that is written on the spot.</summary>
    private Fragment Projected(Shape shape, int size, ImmutableHashSet<string> known)
    {
        var other = _dice.Pick<Shape>(Shape.Simple);
        return Fragment.Member($"{{a: {Of(shape, size, known)}, \"b\": {Of(other, size / 2, known)}}}{_dice.Pick(".a", "[\"a\"]")}");
    }

    /// <summary>By an operator or a function that yields this type.</summary>
    private Fragment Made(Shape shape, int size, ImmutableHashSet<string> known) => shape.Bare switch
    {
        Shape.Plain { Name: "Long" } => Number(size, known),
        Shape.Plain { Name: "Bool" } => Bool(size, known),
        Shape.Extension { Name: "datetime" } => Fragment.Member(_dice.Chance(70)
            ? $"{Receiver(Shape.Datetime, size, known)}.offset({Of(Shape.Duration, size, known)})"
            : $"{Receiver(Shape.Datetime, size, known)}.toDate()"),
        Shape.Extension { Name: "duration" } => Fragment.Member(_dice.Chance(60)
            ? $"{Receiver(Shape.Datetime, size, known)}.durationSince({Of(Shape.Datetime, size, known)})"
            : $"{Receiver(Shape.Datetime, size, known)}.toTime()"),
        Shape.Set { Element: var element } => Fragment.Member($"[{string.Join(", ", Dice.Times(_dice.Between(1, 3), () => Of(element, size / 2, known).Text))}]"),
        Shape.Record { Members: var members } when LiteralMaker.IsExact(shape) =>
            Fragment.Member($"{{{string.Join(", ", members.Select(member => $"{Quotes.Name(member.Name, _dice)}: {Of(member.Shape, size / 2, known)}"))}}}"),
        _ => Of(shape, 1, known),
    };

    private Fragment Number(int size, ImmutableHashSet<string> known)
    {
        string Operand(Tightness tightness) => Of(Shape.Long, size, known).In(tightness);
        return _dice.Below(7) switch
        {
            0 => new($"{Operand(Tightness.Sum)} - {Operand(Tightness.Product)}", Tightness.Sum),
            1 => new($"{Operand(Tightness.Product)} * {Operand(Tightness.Unary)}", Tightness.Product),
            2 => new($"-{Of(Shape.Long, size, known).In(Tightness.Member)}", Tightness.Unary),
            3 or 4 => Fragment.Member($"{Receiver(Shape.Duration, size, known)}.{_dice.Pick("toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays")}()"),
            _ => new($"{Operand(Tightness.Sum)} + {Operand(Tightness.Product)}", Tightness.Sum),
        };
    }

    private string Receiver(Shape shape, int size, ImmutableHashSet<string> known) => Of(shape, size, known).In(Tightness.Member);

    private Shape AnyShape() => _dice.Chance(40)
        ? _dice.Pick<Shape>(Shape.Simple)
        : _dice.Chance(50) ? _dice.Pick<Path>(_setting.Paths).Shape : new Shape.Entity(_dice.Pick<EntityKind>(_world.Entities).Name);
}
