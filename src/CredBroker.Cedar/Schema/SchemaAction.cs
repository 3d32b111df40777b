using System.Collections.Frozen;
using System.Collections.Immutable;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Schema;

/// <summary>What a schema says of one action, or of one group of actions. Immutable.</summary>
public sealed class SchemaAction
{
    internal SchemaAction(
        EntityUid uid, ImmutableArray<EntityUid> groups, ImmutableArray<EntityType> principals, ImmutableArray<EntityType> resources, CedarType.Record context) =>
        (Uid, Groups, PrincipalTypes, ResourceTypes, Context, Principals, Resources) =
        (uid, groups, principals, resources, context, principals.ToFrozenSet(), resources.ToFrozenSet());

    /// <summary>Its name.</summary>
    public EntityUid Uid { get; }

    /// <summary>The groups that it is in, directly or through others.</summary>
    public ImmutableArray<EntityUid> Groups { get; }

    /// <summary>Who may ask for it; none for what is only a group.</summary>
    public ImmutableArray<EntityType> PrincipalTypes { get; }

    /// <summary>What it may be asked for; none for what is only a group.</summary>
    public ImmutableArray<EntityType> ResourceTypes { get; }

    /// <summary>What the context of a request for it is.</summary>
    public CedarType.Record Context { get; }

    internal FrozenSet<EntityType> Principals { get; }

    internal FrozenSet<EntityType> Resources { get; }
}
