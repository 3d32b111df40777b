using System.Collections.Immutable;
using CredBroker.Cedar.Fuzz.Worlds;

namespace CredBroker.Cedar.Fuzz.Policies;

/// <summary>The kind of request that a policy is about, and what can be reached from its variables.</summary>
internal sealed class Setting
{
    private const int MaxSteps = 3;
    private const int MaxPaths = 150;

    private readonly World _world;
    private readonly Dictionary<string, List<Path>> _byShape;

    public Setting(World world, string principal, ActionKind action, string resource)
    {
        (_world, Principal, Action, Resource) = (world, principal, action, resource);
        Paths = [.. Reach()];
        _byShape = Paths.GroupBy(path => path.Shape.Key).ToDictionary(group => group.Key, group => group.ToList());
    }

    public string Principal { get; }

    public ActionKind Action { get; }

    public string Resource { get; }

    public ImmutableArray<Path> Paths { get; }

    public IReadOnlyList<Path> Of(Shape shape) => _byShape.GetValueOrDefault(shape.Key, []);

    private List<Path> Reach()
    {
        List<Path> found =
        [
            new("principal", [], new Shape.Entity(Principal)),
            new("resource", [], new Shape.Entity(Resource)),
            new("context", [], Action.Context.Bare),
        ];
        // Breadth first: what is near is never left out.
        for (var i = 0; i < found.Count && found.Count < MaxPaths; i++)
            if (found[i].Steps.Length < MaxSteps) found.AddRange(Next(found[i]));
        return found;
    }

    private IEnumerable<Path> Next(Path path)
    {
        var kind = path.Shape.Bare is Shape.Entity { Type: var type } ? _world.Find(type) : null;
        var members = path.Shape.Bare is Shape.Record { Members: var fields } ? fields : kind?.Members ?? [];
        foreach (var member in members)
            yield return path.Then(new(member.Name, IsTag: false, !member.IsRequired), member.Shape.Bare);
        if (kind?.Tags is not { } tags) yield break;
        foreach (var tag in new[] { "a", "b" })
            yield return path.Then(new(tag, IsTag: true, IsOptional: true), tags.Bare);
    }
}
