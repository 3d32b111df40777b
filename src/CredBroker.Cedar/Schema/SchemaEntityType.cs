using System.Collections.Frozen;
using System.Collections.Immutable;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Schema;

/// <summary>What a schema says of the entities of one type. Immutable.</summary>
public sealed class SchemaEntityType
{
    internal SchemaEntityType(EntityType type, CedarType.Record attributes, CedarType? tags, ImmutableArray<string>? ids, FrozenSet<EntityType> containers) =>
        (Type, Attributes, Tags, Ids, Containers, IdSet) = (type, attributes, tags, ids, containers, ids?.ToFrozenSet(StringComparer.Ordinal));

    /// <summary>The type.</summary>
    public EntityType Type { get; }

    /// <summary>The attributes that they have.</summary>
    public CedarType.Record Attributes { get; }

    /// <summary>What each of their tags is; null when they have no tags.</summary>
    public CedarType? Tags { get; }

    /// <summary>The ids that there are, as they were declared; null when any text is one.</summary>
    public ImmutableArray<string>? Ids { get; }

    /// <summary>The types that they may be in, directly or through others.</summary>
    public FrozenSet<EntityType> Containers { get; }

    private FrozenSet<string>? IdSet { get; }

    /// <summary>False when the type has a list of ids and this is not among them.</summary>
    public bool HasId(string id) => IdSet is null || IdSet.Contains(id);
}
