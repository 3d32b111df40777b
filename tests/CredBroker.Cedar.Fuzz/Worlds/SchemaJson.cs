using System.Collections.Immutable;

namespace CredBroker.Cedar.Fuzz.Worlds;

/// <summary>A schema as JSON.</summary>
internal sealed class SchemaJson(World world, Dice dice)
{
    public JsonTree Write() => JsonTree.Record(world.Entities.Select(kind => Name.SpaceOf(kind.Name))
        .Concat(world.Actions.Select(action => action.Namespace))
        .Concat(world.Aliases.Select(alias => Name.SpaceOf(alias.Name)))
        .Distinct()
        .Select(space => (space, WriteSpace(space))));

    private JsonTree WriteSpace(string space)
    {
        var all = JsonTree.Record(
            ("entityTypes", JsonTree.Record(world.Entities.Where(kind => Name.SpaceOf(kind.Name) == space).Select(kind => (Name.LastOf(kind.Name), Entity(kind, space))))),
            ("actions", JsonTree.Record(world.Actions.Where(action => action.Namespace == space).Select(action => (action.Id, Action(action, space))))));
        var aliases = world.Aliases.Where(alias => Name.SpaceOf(alias.Name) == space).ToArray();
        return aliases.Length == 0 && dice.Chance(50) ? all : all.With("commonTypes", JsonTree.Record(aliases.Select(alias => (Name.LastOf(alias.Name), Type(alias.Target, space)))));
    }

    private JsonTree Entity(EntityKind kind, string space)
    {
        if (kind.Ids is { } ids) return JsonTree.Record(("enum", JsonTree.List(ids.Select(JsonTree.Of))));
        var all = JsonTree.Record();
        if (!kind.Parents.IsEmpty || dice.Chance(30)) all = all.With("memberOfTypes", List(kind.Parents, space));
        if (!kind.Members.IsEmpty || dice.Chance(30)) all = all.With("shape", Record(kind.Members, space));
        return kind.Tags is null ? all : all.With("tags", Type(kind.Tags, space));
    }

    private JsonTree Action(ActionKind action, string space)
    {
        var all = JsonTree.Record();
        if (!action.Parents.IsEmpty) all = all.With("memberOf", JsonTree.List(action.Parents.Select(parent => Parent(parent, space))));
        if (action.Principals.IsEmpty) return all;
        var applies = JsonTree.Record(("principalTypes", List(action.Principals, space)), ("resourceTypes", List(action.Resources, space)));
        var isEmpty = action.Context is Shape.Record { Members.IsEmpty: true };
        return all.With("appliesTo", isEmpty && dice.Chance(50) ? applies : applies.With("context", Type(action.Context, space)));
    }

    private JsonTree Parent(ActionKind parent, string space) => parent.Namespace == space && dice.Chance(60)
        ? JsonTree.Record(("id", JsonTree.Of(parent.Id)))
        : JsonTree.Record(("id", JsonTree.Of(parent.Id)), ("type", JsonTree.Of(parent.Type)));

    private JsonTree List(ImmutableArray<string> types, string space) => JsonTree.List(types.Select(type => JsonTree.Of(Name.Within(type, space, dice))));

    private JsonTree Record(ImmutableArray<Member> members, string space) => JsonTree.Record(
        ("type", JsonTree.Of("Record")),
        ("attributes", JsonTree.Record(members.Select(member => (member.Name, Attribute(member, space))))));

    private JsonTree Attribute(Member member, string space)
    {
        var type = Type(member.Shape, space);
        return member.IsRequired && dice.Chance(50) ? type : type.With("required", JsonTree.Of(member.IsRequired));
    }

    private JsonTree Type(Shape shape, string space) => shape switch
    {
        Shape.Plain { Name: "Bool" } => Named(dice.Pick("Boolean", "Bool")),
        Shape.Plain { Name: var name } => Named(name),
        Shape.Extension { Name: var name } => JsonTree.Record(("type", JsonTree.Of("Extension")), ("name", JsonTree.Of(name))),
        Shape.Entity { Type: var type } => JsonTree.Record(("type", JsonTree.Of(dice.Pick("Entity", "Entity", "EntityOrCommon"))), ("name", JsonTree.Of(Name.Within(type, space, dice)))),
        Shape.Set { Element: var element } => JsonTree.Record(("type", JsonTree.Of("Set")), ("element", Type(element, space))),
        Shape.Record { Members: var members } => Record(members, space),
        Shape.Alias { Name: var name } when dice.Chance(70) => Named(Name.Within(name, space, dice)),
        Shape.Alias { Name: var name } => JsonTree.Record(("type", JsonTree.Of("EntityOrCommon")), ("name", JsonTree.Of(Name.Within(name, space, dice)))),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static JsonTree Named(string name) => JsonTree.Record(("type", JsonTree.Of(name)));
}
