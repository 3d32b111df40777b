using System.Collections.Immutable;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tree;

/// <summary>An action that a scope names.</summary>
/// <param name="uid">Its name.</param>
/// <param name="span">Where it was written.</param>
public readonly struct ActionName(EntityUid uid, SourceSpan span = default) : IEquatable<ActionName>
{
    /// <summary>Its name; the type's base name is <c>Action</c>.</summary>
    public EntityUid Uid { get; } = uid;

    /// <summary>Where it was written.</summary>
    public SourceSpan Span { get; } = span;

    /// <inheritdoc/>
    public bool Equals(ActionName other) => Equals(Uid, other.Uid);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ActionName other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Uid.GetHashCode();

    /// <summary>As it is written in a policy.</summary>
    public override string ToString() => Uid.ToString();

    /// <summary>True for the same action.</summary>
    public static bool operator ==(ActionName left, ActionName right) => left.Equals(right);

    /// <summary>True for another action.</summary>
    public static bool operator !=(ActionName left, ActionName right) => !left.Equals(right);
}

/// <summary>
/// Which actions a policy is about. Closed: <see cref="Any"/>, <see cref="Equal"/>, <see cref="In"/>, <see cref="InSet"/>. Where they
/// were written is not compared.
/// </summary>
public abstract record ActionConstraint
{
    private ActionConstraint()
    {
    }

    /// <summary>The actions that it names.</summary>
    public ImmutableArray<ActionName> Actions => this switch
    {
        Equal equal => [equal.Action],
        In within => [within.Action],
        InSet set => set.Members,
        _ => [],
    };

    /// <summary>A list of actions; a list of one says the same as that one alone, and is taken for it.</summary>
    public static ActionConstraint OneOf(ImmutableArray<ActionName> members) => members is [var only] ? new In(only) : new InSet(members);

    /// <summary>All: the bare variable.</summary>
    public sealed record Any : ActionConstraint;

    /// <summary><c>== a</c></summary>
    /// <param name="Action">The one.</param>
    public sealed record Equal(ActionName Action) : ActionConstraint;

    /// <summary><c>in a</c></summary>
    /// <param name="Action">It, or a group that it is in.</param>
    public sealed record In(ActionName Action) : ActionConstraint;

    /// <summary><c>in [a, b]</c></summary>
    /// <param name="Members">It is one of these, or in one of them; none: no action.</param>
    public sealed record InSet(ImmutableArray<ActionName> Members) : ActionConstraint
    {
        /// <summary>Equal when the actions are, in the same order.</summary>
        public bool Equals(InSet? other) => other is not null && Trees.AreSame(Members, other.Members);

        /// <inheritdoc/>
        public override int GetHashCode() => Trees.Hash(0, Members);
    }
}
