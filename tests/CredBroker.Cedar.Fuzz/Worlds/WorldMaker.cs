using System.Collections.Immutable;

namespace CredBroker.Cedar.Fuzz.Worlds;

/// <summary>Random schemas, all of them good.</summary>
internal sealed class WorldMaker(Dice dice)
{
    private static readonly string[] s_types = ["User", "Team", "Doc", "Folder", "Device", "Color", "Item"];
    private static readonly string[] s_oddTypes = ["Long", "String", "principal", "entity", "type", "ipaddr", "Set", "Record", "_", "T1"];
    private static readonly string[] s_attributes = ["age", "name", "ok", "owner", "boss", "at", "net", "cost", "list", "info", "n", "s", "limit"];
    private static readonly string[] s_oddAttributes = ["a b", "", "if", "é", "__cedar", "principal", "x\"y", "type", "id", "__entity", "fn", "*", "\U0001F600", "a\nb"];
    private static readonly string[] s_actions = ["view", "edit", "share", "a b", "in", "delete"];

    private readonly List<string> _plain = [];
    private readonly List<string> _listed = [];
    private readonly List<Shape.Alias> _aliases = [];

    public World Make()
    {
        IReadOnlyList<string> spaces = dice.Pick<string[]>([""], [""], [""], ["App"], ["", "App"], ["", "Org::Hr"], ["App", "Org"]);
        foreach (var name in Names(s_types, s_oddTypes, dice.Between(2, 4)))
            (_plain.Count > 1 && dice.Chance(25) ? _listed : _plain).Add(Name.Join(dice.Pick(spaces), name));
        for (var i = dice.Below(4); i > 0; i--)
            _aliases.Add(new(Name.Join(dice.Pick(spaces), $"Kind{i}"), MakeAliased()));
        ImmutableArray<EntityKind> entities = [.. _plain.Select(MakeEntity), .. _listed.Select(MakeListed)];
        return new(entities, [.. MakeActions(spaces)], [.. _aliases]);
    }

    private IEnumerable<string> Names(string[] usual, string[] odd, int count) =>
        Dice.Times(count, () => dice.Pick(dice.Chance(4) ? odd : usual)).Distinct();

    private EntityKind MakeEntity(string name) => new(
        name,
        dice.Chance(60) ? [.. dice.Some(_plain, 40), .. dice.Some(_listed, 10)] : [],
        dice.Chance(90) ? MakeMembers(dice.Between(1, 5), 2) : [],
        dice.Chance(35) ? MakeShape(1) : null,
        null);

    private EntityKind MakeListed(string name) => new(name, [], [], null, [.. dice.Some(["red", "green", "blue", "a", ""], 60).DefaultIfEmpty("red")]);

    private ImmutableArray<Member> MakeMembers(int count, int depth) =>
        [.. Names(s_attributes, s_oddAttributes, count).Select(name => new Member(name, MakeShape(depth), dice.Chance(65)))];

    private Shape MakeShape(int depth) => dice.Way<Shape>(
        (depth > 0 ? 12 : 20, () => dice.Pick(Shape.Long, Shape.Text, Shape.Bool)),
        (8, () => dice.Pick<Shape>(Shape.Simple)),
        (5, () => new Shape.Entity(dice.Pick(_plain))),
        (_listed.Count > 0 ? 2 : 0, () => new Shape.Entity(dice.Pick(_listed))),
        (_aliases.Count > 0 ? 3 : 0, () => dice.Pick(_aliases)),
        (depth > 0 ? 3 : 0, () => new Shape.Set(MakeShape(depth - 1))),
        (depth > 0 ? 3 : 0, () => new Shape.Record(MakeMembers(dice.Between(0, 3), depth - 1))))();

    private Shape MakeAliased() => dice.Chance(50) ? new Shape.Record(MakeMembers(dice.Between(0, 4), 1)) : MakeShape(1);

    private List<ActionKind> MakeActions(IReadOnlyList<string> spaces)
    {
        var actions = new List<ActionKind>();
        for (var i = dice.Below(3); i > 0; i--)
            actions.Add(new(dice.Pick(spaces), $"group{i}", MakeParents(actions), [], [], new Shape.Record([])));
        foreach (var id in Names(s_actions, ["principal", "é", ""], dice.Between(1, 3)).ToArray())
            actions.Add(new(dice.Pick(spaces), id, MakeParents(actions), MakeTypes(), MakeTypes(), MakeContext()));
        return actions;
    }

    private ImmutableArray<ActionKind> MakeParents(List<ActionKind> actions) => dice.Chance(60) ? [.. dice.Some(actions, 40)] : [];

    private ImmutableArray<string> MakeTypes() => [.. Dice.Times(dice.Chance(70) ? 1 : 2, () => dice.Pick(_listed.Count > 0 && dice.Chance(8) ? _listed : _plain)).Distinct()];

    private Shape MakeContext()
    {
        var records = _aliases.Where(alias => alias.Bare is Shape.Record).ToArray();
        return records.Length > 0 && dice.Chance(20) ? dice.Pick(records) : new Shape.Record(dice.Chance(80) ? MakeMembers(dice.Between(1, 5), 2) : []);
    }
}
