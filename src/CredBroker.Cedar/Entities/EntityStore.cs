using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Entities;

/// <summary>The entities that a decision may look at, and their hierarchy. Immutable and safe to share.</summary>
public sealed class EntityStore
{
    private readonly Dictionary<EntityUid, StoredEntity> _entities;

    internal EntityStore(Dictionary<EntityUid, StoredEntity> entities) => _entities = entities;

    /// <summary>Without entities.</summary>
    public static EntityStore Empty { get; } = new([]);

    /// <summary>How many entities it has.</summary>
    public int Count => _entities.Count;

    /// <summary>The entities, in no particular order.</summary>
    public IEnumerable<Entity> Entities => _entities.Values.Select(stored => stored.Entity);

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

    internal StoredEntity? FindStored(EntityUid uid) => _entities.GetValueOrDefault(uid);
}
