using CredBroker.Cedar.Entities;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Authorization;

/// <summary>What is below each constraint on principals, or on resources, that some policy has.</summary>
/// <typeparam name="T">What is below.</typeparam>
internal sealed class ScopeLevel<T>
    where T : class
{
    private T? _any;
    private Dictionary<EntityType, T>? _byType;
    private UidMap<T> _byEqual;
    private UidMap<Container> _byContainer;

    /// <summary>What is below a constraint; made when it is the first of its kind.</summary>
    internal T At(ScopeConstraint constraint, Func<T> make)
    {
        switch (constraint)
        {
            case ScopeConstraint.Equal { Entity.Entity: { } uid }:
                return _byEqual.At(uid, make);
            case ScopeConstraint.In { Entity.Entity: { } uid }:
                return _byContainer.At(uid, MakeContainer).AnyType ??= make();
            case ScopeConstraint.Is type:
                return At(_byType ??= [], type.Type.Type, make);
            case ScopeConstraint.IsIn { Entity.Entity: { } uid } within:
                return At(_byContainer.At(uid, MakeContainer).ByType ??= [], within.Type.Type, make);
            case ScopeConstraint.Any:
                return _any ??= make();
            default:
                throw new ArgumentException("a template has no place in the index", nameof(constraint));
        }
    }

    /// <summary>What is below every constraint that an entity meets.</summary>
    internal Matches Match(EntityUid uid, StoredEntity? stored) => new(this, uid, stored);

    private static T At(Dictionary<EntityType, T> map, EntityType type, Func<T> make)
    {
        if (!map.TryGetValue(type, out var value)) map.Add(type, value = make());
        return value;
    }

    private static Container MakeContainer() => new();

    /// <summary>Policies about what is in one entity, of any type or of one.</summary>
    internal sealed class Container
    {
        internal T? AnyType { get; set; }

        internal Dictionary<EntityType, T>? ByType { get; set; }
    }

    /// <summary>Goes through the matches without allocating: any, type, the entity itself, then each container and its types.</summary>
    internal struct Matches(ScopeLevel<T> level, EntityUid uid, StoredEntity? stored)
    {
        private int _step = -1;
        private T? _typedContainer;

        internal T Current { get; private set; } = null!;

        internal bool MoveNext()
        {
            if (_typedContainer is { } typed)
            {
                (Current, _typedContainer) = (typed, null);
                return true;
            }

            var last = Containers;
            while (++_step < last)
            {
                if (Next() is not { } found) continue;
                Current = found;
                return true;
            }

            return false;
        }

        // Steps 0 to 2 are any, type and equal; from 3 on, the entity itself as a container and its ancestors.
        private readonly int Containers => level._byContainer.IsEmpty ? 3 : 4 + (stored?.Ancestors.Length ?? 0);

        private T? Next() => _step switch
        {
            0 => level._any,
            1 => level._byType?.GetValueOrDefault(uid.Type),
            2 => level._byEqual.Find(uid),
            3 => In(uid),
            _ => stored is null ? null : In(stored.Ancestors[_step - 4]),
        };

        private T? In(EntityUid container)
        {
            if (level._byContainer.Find(container) is not { } found) return null;
            var typed = found.ByType?.GetValueOrDefault(uid.Type);
            if (found.AnyType is null) return typed;
            _typedContainer = typed;
            return found.AnyType;
        }
    }
}
