using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tree;

/// <summary>An entity that a scope names, or the slot that a template leaves for one.</summary>
public readonly struct EntityOrSlot : IEquatable<EntityOrSlot>
{
    private readonly Slot _slot;

    /// <summary>A named entity.</summary>
    public EntityOrSlot(EntityUid entity, SourceSpan span = default) => (Entity, Span) = (entity, span);

    /// <summary>A slot.</summary>
    public EntityOrSlot(Slot slot, SourceSpan span = default) => (_slot, Span) = (slot, span);

    /// <summary>The entity; null for a slot.</summary>
    public EntityUid? Entity { get; }

    /// <summary>The slot; null for an entity.</summary>
    public Slot? Slot => Entity is null ? _slot : null;

    /// <summary>Where it was written.</summary>
    public SourceSpan Span { get; }

    /// <inheritdoc/>
    public bool Equals(EntityOrSlot other) => Entity is null ? other.Entity is null && _slot == other._slot : Entity.Equals(other.Entity);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EntityOrSlot other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Entity, _slot);

    /// <summary>As it is written in a policy.</summary>
    public override string ToString() => Entity?.ToString() ?? (_slot == Tree.Slot.Principal ? "?principal" : "?resource");

    /// <summary>True for the same entity or slot.</summary>
    public static bool operator ==(EntityOrSlot left, EntityOrSlot right) => left.Equals(right);

    /// <summary>True for another entity or slot.</summary>
    public static bool operator !=(EntityOrSlot left, EntityOrSlot right) => !left.Equals(right);
}
