namespace CredBroker.Cedar.Tree;

/// <summary>
/// Which principals, or which resources, a policy is about. Closed: <see cref="Any"/>, <see cref="Equal"/>, <see cref="In"/>,
/// <see cref="Is"/>, <see cref="IsIn"/>. Where they were written is not compared.
/// </summary>
public abstract record ScopeConstraint
{
    private ScopeConstraint()
    {
    }

    /// <summary>The slot that it leaves open; null for none.</summary>
    public Slot? Slot => this switch
    {
        Equal equal => equal.Entity.Slot,
        In within => within.Entity.Slot,
        IsIn within => within.Entity.Slot,
        _ => null,
    };

    /// <summary>All: the bare variable.</summary>
    public sealed record Any : ScopeConstraint;

    /// <summary><c>== e</c></summary>
    /// <param name="Entity">The one.</param>
    public sealed record Equal(EntityOrSlot Entity) : ScopeConstraint;

    /// <summary><c>in e</c></summary>
    /// <param name="Entity">It, or what it is in.</param>
    public sealed record In(EntityOrSlot Entity) : ScopeConstraint;

    /// <summary><c>is T</c></summary>
    /// <param name="Type">Its type.</param>
    public sealed record Is(TypeName Type) : ScopeConstraint;

    /// <summary><c>is T in e</c></summary>
    /// <param name="Type">Its type.</param>
    /// <param name="Entity">It, or what it is in.</param>
    public sealed record IsIn(TypeName Type, EntityOrSlot Entity) : ScopeConstraint;
}
