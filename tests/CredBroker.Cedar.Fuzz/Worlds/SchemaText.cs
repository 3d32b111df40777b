using System.Collections.Immutable;
using System.Text;
using CredBroker.Cedar.Fuzz.Policies;

namespace CredBroker.Cedar.Fuzz.Worlds;

/// <summary>A schema in the language's own form; what may be said in several ways is said in one of them.</summary>
internal sealed class SchemaText(World world, Dice dice)
{
    private readonly StringBuilder _text = new();

    public string Write()
    {
        var spaces = world.Entities.Select(kind => Name.SpaceOf(kind.Name))
            .Concat(world.Actions.Select(action => action.Namespace))
            .Concat(world.Aliases.Select(alias => Name.SpaceOf(alias.Name)))
            .Distinct();
        foreach (var space in spaces)
        {
            if (space.Length > 0) _text.Append($"{Note()}namespace {space} {{\n");
            foreach (var alias in world.Aliases.Where(alias => Name.SpaceOf(alias.Name) == space))
                _text.Append($"{Note()}type {Name.LastOf(alias.Name)} = {Type(alias.Target, space)};\n");
            foreach (var kind in world.Entities.Where(kind => Name.SpaceOf(kind.Name) == space))
                _text.Append($"{Note()}entity {Name.LastOf(kind.Name)}{Body(kind, space)};\n");
            foreach (var action in world.Actions.Where(action => action.Namespace == space))
                _text.Append($"{Note()}action {Quotes.Name(action.Id, dice)}{Body(action, space)};\n");
            if (space.Length > 0) _text.Append("}\n");
        }

        return _text.ToString();
    }

    private string Note() => dice.Below(25) switch
    {
        0 => "@doc(\"x\") ",
        1 => "@if ",
        2 => "// remark\n",
        _ => "",
    };

    private string Body(EntityKind kind, string space)
    {
        if (kind.Ids is { } ids) return $" enum [{string.Join(", ", ids.Select(id => Quotes.Text(id, dice)))}]";
        var parents = kind.Parents.IsEmpty ? "" : $" in {List(kind.Parents, space)}";
        var attributes = kind.Members.IsEmpty && dice.Chance(50) ? "" : $"{dice.Pick(" =", "")} {Record(kind.Members, space)}";
        return $"{parents}{attributes}{(kind.Tags is null ? "" : $" tags {Type(kind.Tags, space)}")}";
    }

    private string Body(ActionKind action, string space)
    {
        var parents = action.Parents.IsEmpty ? "" : $" in [{string.Join(", ", action.Parents.Select(parent => Parent(parent, space)))}]";
        if (action.Principals.IsEmpty) return parents;
        var context = action.Context is Shape.Record { Members.IsEmpty: true } && dice.Chance(50) ? "" : $", context: {Type(action.Context, space)}";
        return $"{parents} appliesTo {{ principal: {List(action.Principals, space)}, resource: {List(action.Resources, space)}{context}{dice.Pick("", "", ",")} }}";
    }

    private string Parent(ActionKind parent, string space) =>
        parent.Namespace == space && dice.Chance(70) ? Quotes.Name(parent.Id, dice) : $"{parent.Type}::{Quotes.Text(parent.Id, dice)}";

    private string List(ImmutableArray<string> types, string space) => types is [var only] && dice.Chance(50)
        ? Name.Within(only, space, dice)
        : $"[{string.Join(", ", types.Select(type => Name.Within(type, space, dice)))}]";

    private string Record(ImmutableArray<Member> members, string space) =>
        $"{{{string.Join(", ", members.Select(member => $"{Quotes.Name(member.Name, dice)}{(member.IsRequired ? "" : "?")}: {Type(member.Shape, space)}"))}{(members.IsEmpty ? "" : dice.Pick("", "", ","))}}}";

    private string Type(Shape shape, string space) => shape switch
    {
        Shape.Plain { Name: var name } => dice.Chance(4) ? $"__cedar::{name}" : name,
        Shape.Extension { Name: var name } => dice.Chance(4) ? $"__cedar::{name}" : name,
        Shape.Entity { Type: var type } => Name.Within(type, space, dice),
        Shape.Set { Element: var element } => $"Set<{Type(element, space)}>",
        Shape.Record { Members: var members } => Record(members, space),
        Shape.Alias { Name: var name } => Name.Within(name, space, dice),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
