using System.Collections.Immutable;

namespace CredBroker.Cedar.Fuzz.Worlds;

/// <summary>A schema, as a generator needs it: everything has its full name.</summary>
internal sealed record World(ImmutableArray<EntityKind> Entities, ImmutableArray<ActionKind> Actions, ImmutableArray<Shape.Alias> Aliases)
{
    public EntityKind? Find(string type) => Entities.FirstOrDefault(kind => kind.Name == type);

    /// <summary>The types whose entities may be above those of a type, itself among them where it can be its own ancestor.</summary>
    public HashSet<string> Above(string type)
    {
        var found = new HashSet<string>();
        var open = new Stack<string>(Find(type)?.Parents ?? []);
        while (open.TryPop(out var next))
            if (found.Add(next))
                foreach (var parent in Find(next)?.Parents ?? []) open.Push(parent);
        return found;
    }
}

/// <summary>A type of entities.</summary>
/// <param name="Name">With its namespace.</param>
/// <param name="Parents">Types that its entities may be members of.</param>
/// <param name="Members">Attributes.</param>
/// <param name="Tags">The type of its tags; null: it has none.</param>
/// <param name="Ids">The ids that there are, where they are listed.</param>
internal sealed record EntityKind(string Name, ImmutableArray<string> Parents, ImmutableArray<Member> Members, Shape? Tags, ImmutableArray<string>? Ids);

/// <summary>An action.</summary>
/// <param name="Namespace">Empty for none.</param>
/// <param name="Id">Any text.</param>
/// <param name="Parents">Actions that it is a member of.</param>
/// <param name="Principals">Types; none: it is never requested.</param>
/// <param name="Resources">Types.</param>
/// <param name="Context">A record, perhaps by name.</param>
internal sealed record ActionKind(
    string Namespace, string Id, ImmutableArray<ActionKind> Parents, ImmutableArray<string> Principals, ImmutableArray<string> Resources, Shape Context)
{
    public string Type => Namespace.Length == 0 ? "Action" : $"{Namespace}::Action";

    public IEnumerable<ActionKind> Above => Parents.SelectMany(parent => parent.Above.Prepend(parent));
}
