using System.Collections.Immutable;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Entities;

/// <summary>One entity: what is known of a principal, an action, a resource, or of what they are in. Immutable.</summary>
public sealed class Entity : IEquatable<Entity>
{
    /// <summary>An entity.</summary>
    /// <param name="uid">Its name.</param>
    /// <param name="attributes">Its attributes; null for none.</param>
    /// <param name="parents">What it is directly in; need not exist.</param>
    /// <param name="tags">Its tags; null for none. They are apart from the attributes.</param>
    public Entity(EntityUid uid, CedarRecord? attributes = null, ImmutableArray<EntityUid> parents = default, CedarRecord? tags = null)
    {
        ArgumentNullException.ThrowIfNull(uid);
        Uid = uid;
        Attributes = attributes ?? CedarRecord.Empty;
        Tags = tags ?? CedarRecord.Empty;
        Parents = parents.IsDefaultOrEmpty ? [] : [.. parents.Distinct()];
    }

    /// <summary>Its name.</summary>
    public EntityUid Uid { get; }

    /// <summary>Its attributes.</summary>
    public CedarRecord Attributes { get; }

    /// <summary>Its tags.</summary>
    public CedarRecord Tags { get; }

    /// <summary>What it is directly in, each once.</summary>
    public ImmutableArray<EntityUid> Parents { get; }

    /// <summary>True when all is the same; the order of the parents does not matter.</summary>
    public bool Equals(Entity? other) => other is not null && Uid.Equals(other.Uid)
        && Attributes.Equals(other.Attributes) && Tags.Equals(other.Tags)
        && Parents.Length == other.Parents.Length && Parents.ToHashSet().SetEquals(other.Parents);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Entity);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Uid, Attributes, Tags, Parents.Length);

    /// <summary>Its name.</summary>
    public override string ToString() => Uid.ToString();
}
