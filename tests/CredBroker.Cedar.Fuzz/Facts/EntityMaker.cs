using CredBroker.Cedar.Fuzz.Worlds;

namespace CredBroker.Cedar.Fuzz.Facts;

/// <summary>Entities that fit the schema, in a hierarchy without cycles.</summary>
internal sealed class EntityMaker(World world, Dice dice, bool isExplicit)
{
    private readonly ValueMaker _values = new(world, dice, isExplicit);

    public JsonTree Make()
    {
        var known = world.Entities.SelectMany(kind => Samples.Ids(kind, dice).Select(id => (kind, id))).ToList();
        // Whoever comes later may be a parent of whoever came before.
        for (var i = known.Count - 1; i > 0; i--)
        {
            var j = dice.Below(i + 1);
            (known[i], known[j]) = (known[j], known[i]);
        }

        var all = known.Select((entity, i) => Make(entity.kind, entity.id, known.Skip(i + 1)));
        return JsonTree.List(dice.Chance(50) ? all.Concat(world.Actions.Select(Action)) : all);
    }

    private JsonTree Make(EntityKind kind, string id, IEnumerable<(EntityKind Kind, string Id)> later)
    {
        var parents = later.Where(other => kind.Parents.Contains(other.Kind.Name) && dice.Chance(55)).Select(other => ValueMaker.Uid(other.Kind.Name, other.Id)).ToList();
        if (!kind.Parents.IsEmpty && dice.Chance(8)) parents.Add(ValueMaker.Uid(dice.Pick<string>(kind.Parents), "ghost"));
        var entity = JsonTree.Record(
            ("uid", dice.Chance(90) ? ValueMaker.Uid(kind.Name, id) : JsonTree.Record(("__entity", ValueMaker.Uid(kind.Name, id)))),
            ("attrs", _values.Record(kind.Members)),
            ("parents", JsonTree.List(parents)));
        if (kind.Tags is null) return entity;
        return entity.With("tags", JsonTree.Record(dice.Some(["a", "b", "ab", "é"], 60).Select(tag => (tag, _values.Make(kind.Tags)))));
    }

    private static JsonTree Action(ActionKind action) => JsonTree.Record(
        ("uid", ValueMaker.Uid(action.Type, action.Id)),
        ("attrs", JsonTree.Record()),
        ("parents", JsonTree.List(action.Above.DistinctBy(above => (above.Type, above.Id)).Select(above => ValueMaker.Uid(above.Type, above.Id)))));
}
