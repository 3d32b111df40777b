using System.Collections.Immutable;

namespace CredBroker.Cedar.Fuzz.Worlds;

/// <summary>A schema as JSON.</summary>
internal sealed class SchemaJson(World world, Dice dice)
{
    public Json Write() => Json.Record(world.Entities.Select(kind => Name.SpaceOf(kind.Name))
        .Concat(world.Actions.Select(action => action.Namespace))
        .Concat(world.Aliases.Select(alias => Name.SpaceOf(alias.Name)))
        .Distinct()
        .Select(space => (space, WriteSpace(space))));

    private Json WriteSpace(string space)
    {
        var all = Json.Record(
            ("entityTypes", Json.Record(world.Entities.Where(kind => Name.SpaceOf(kind.Name) == space).Select(kind => (Name.LastOf(kind.Name), Entity(kind, space))))),
            ("actions", Json.Record(world.Actions.Where(action => action.Namespace == space).Select(action => (action.Id, Action(action, space))))));
        var aliases = world.Aliases.Where(alias => Name.SpaceOf(alias.Name) == space).ToArray();
        return aliases.Length == 0 && dice.Chance(50) ? all : all.With("commonTypes", Json.Record(aliases.Select(alias => (Name.LastOf(alias.Name), Type(alias.Target, space)))));
    }

    private Json Entity(EntityKind kind, string space)
    {
        if (kind.Ids is { } ids) return Json.Record(("enum", Json.List(ids.Select(Json.Of))));
        var all = Json.Record();
        if (!kind.Parents.IsEmpty || dice.Chance(30)) all = all.With("memberOfTypes", List(kind.Parents, space));
        if (!kind.Members.IsEmpty || dice.Chance(30)) all = all.With("shape", Record(kind.Members, space));
        return kind.Tags is null ? all : all.With("tags", Type(kind.Tags, space));
    }

    private Json Action(ActionKind action, string space)
    {
        var all = Json.Record();
        if (!action.Parents.IsEmpty) all = all.With("memberOf", Json.List(action.Parents.Select(parent => Parent(parent, space))));
        if (action.Principals.IsEmpty) return all;
        var applies = Json.Record(("principalTypes", List(action.Principals, space)), ("resourceTypes", List(action.Resources, space)));
        var isEmpty = action.Context is Shape.Record { Members.IsEmpty: true };
        return all.With("appliesTo", isEmpty && dice.Chance(50) ? applies : applies.With("context", Type(action.Context, space)));
    }

    private Json Parent(ActionKind parent, string space) => parent.Namespace == space && dice.Chance(60)
        ? Json.Record(("id", Json.Of(parent.Id)))
        : Json.Record(("id", Json.Of(parent.Id)), ("type", Json.Of(parent.Type)));

    private Json List(ImmutableArray<string> types, string space) => Json.List(types.Select(type => Json.Of(Name.Within(type, space, dice))));

    private Json Record(ImmutableArray<Member> members, string space) => Json.Record(
        ("type", Json.Of("Record")),
        ("attributes", Json.Record(members.Select(member => (member.Name, Attribute(member, space))))));

    private Json Attribute(Member member, string space)
    {
        var type = Type(member.Shape, space);
        return member.IsRequired && dice.Chance(50) ? type : type.With("required", Json.Of(member.IsRequired));
    }

    private Json Type(Shape shape, string space) => shape switch
    {
        Shape.Plain { Name: "Bool" } => Named(dice.Pick("Boolean", "Bool")),
        Shape.Plain { Name: var name } => Named(name),
        Shape.Extension { Name: var name } => Json.Record(("type", Json.Of("Extension")), ("name", Json.Of(name))),
        Shape.Entity { Type: var type } => Json.Record(("type", Json.Of(dice.Pick("Entity", "Entity", "EntityOrCommon"))), ("name", Json.Of(Name.Within(type, space, dice)))),
        Shape.Set { Element: var element } => Json.Record(("type", Json.Of("Set")), ("element", Type(element, space))),
        Shape.Record { Members: var members } => Record(members, space),
        Shape.Alias { Name: var name } when dice.Chance(70) => Named(Name.Within(name, space, dice)),
        Shape.Alias { Name: var name } => Json.Record(("type", Json.Of("EntityOrCommon")), ("name", Json.Of(Name.Within(name, space, dice)))),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static Json Named(string name) => Json.Record(("type", Json.Of(name)));
}
