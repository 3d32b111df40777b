using System.Collections.Immutable;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Entities;

/// <summary>An entity with all that it is in: found in constant time.</summary>
internal sealed class StoredEntity
{
    private readonly HashIndex _index;

    internal StoredEntity(Entity entity, ImmutableArray<EntityUid> ancestors)
    {
        (Entity, Ancestors, _index) = (entity, ancestors, new(ancestors.Length));
        foreach (var ancestor in ancestors) _index.Add(ancestor.GetHashCode());
    }

    internal Entity Entity { get; }

    /// <summary>What it is in, directly and through others; not itself. Each once.</summary>
    internal ImmutableArray<EntityUid> Ancestors { get; }

    internal bool IsBelow(EntityUid uid)
    {
        var hash = uid.GetHashCode();
        for (var i = _index.First(hash); i >= 0; i = _index.Next(i))
            if (_index.HashAt(i) == hash && Ancestors[i].Equals(uid)) return true;
        return false;
    }
}
