using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Entities;

/// <summary>The entities that a decision may look at, and their hierarchy. Immutable and safe to share.</summary>
public sealed class EntityStore
{
    private readonly Dictionary<EntityUid, StoredEntity> _entities;
    private readonly EntityStore[] _below = [];

    internal EntityStore(Dictionary<EntityUid, StoredEntity> entities) => _entities = entities;

    private EntityStore(EntityStore top, EntityStore[] below) => (_entities, _below) = (top._entities, below);

    /// <summary>Without entities.</summary>
    public static EntityStore Empty { get; } = new([]);

    /// <summary>How many entities it has.</summary>
    public int Count => _below.Length == 0 ? _entities.Count : Entities.Count();

    /// <summary>The entities, in no particular order.</summary>
    public IEnumerable<Entity> Entities =>
        _entities.Values.Select(stored => stored.Entity).Concat(_below.SelectMany(store => store.Entities)).DistinctBy(entity => entity.Uid);

    /// <summary>A store of these entities.</summary>
    /// <returns>
    /// False when two different entities have the same name, an entity is above itself, an action is in something that is none, or a
    /// limit is exceeded (<see cref="CedarLimits"/>).
    /// </returns>
    public static bool TryCreate(IEnumerable<Entity> entities, [NotNullWhen(true)] out EntityStore? store, out ImmutableArray<CedarError> errors)
    {
        ArgumentNullException.ThrowIfNull(entities);
        var list = new ErrorList(new("entities", ""));
        store = new Hierarchy(list, isFromText: false).Build(entities.Select(entity => (entity, default(SourceSpan))));
        errors = list.ToArray();
        return store is not null;
    }

    /// <summary>
    /// The entities of several stores, found in the first that has them. Costs the same however many there are: what changes from
    /// request to request can be laid over what does not. Each entity is in what it is in within its own store.
    /// </summary>
    public static EntityStore Layered(EntityStore top, params EntityStore[] below)
    {
        ArgumentNullException.ThrowIfNull(top);
        ArgumentNullException.ThrowIfNull(below);
        return new(top, [.. top._below, .. below]);
    }

    /// <summary>Reads entities from JSON: an array of <c>{"uid", "attrs", "parents", "tags"}</c>, of which the last may be missing.</summary>
    /// <returns>False when there is any mistake; what <see cref="TryCreate"/> refuses is one too.</returns>
    public static bool TryParse(SourceText json, [NotNullWhen(true)] out EntityStore? store, out ImmutableArray<CedarError> errors) =>
        EntityReader.TryRead(json, null, [], out store, out errors);

    /// <summary>The entity of a name; null when there is none.</summary>
    public Entity? Find(EntityUid uid) => FindStored(uid)?.Entity;

    /// <summary>True when the two are the same, or the first is below the second.</summary>
    public bool IsIn(EntityUid uid, EntityUid container)
    {
        ArgumentNullException.ThrowIfNull(uid);
        return uid.Equals(container) || FindStored(uid)?.IsBelow(container) == true;
    }

    /// <summary>What an entity is in, directly and through others that exist, without itself; none when it does not exist.</summary>
    public ImmutableArray<EntityUid> AncestorsOf(EntityUid uid) => FindStored(uid)?.Ancestors ?? [];

    internal StoredEntity? FindStored(EntityUid uid)
    {
        if (_entities.TryGetValue(uid, out var found)) return found;
        foreach (var store in _below)
            if (store.FindStored(uid) is { } below) return below;
        return null;
    }
}
