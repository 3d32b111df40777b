using System.Diagnostics.CodeAnalysis;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tree;

/// <summary>
/// One expression, with everything below it. Closed: the sealed classes of this folder are all there are. Immutable; two are equal when
/// they are the same tree, wherever they were written.
/// </summary>
public abstract class Expression : IEquatable<Expression>
{
    private readonly int _hash;

    private protected Expression(SourceSpan span, int depth, int hash) => (Span, Depth, _hash) = (span, depth, hash);

    /// <summary>Where it was written; none for what was read from JSON or made by a program.</summary>
    public SourceSpan Span { get; }

    /// <summary>Levels of the tree: 1 for a leaf. What walks over a tree may recurse so deep, and no deeper.</summary>
    public int Depth { get; }

    /// <summary>What is directly below, in the order in which it is evaluated.</summary>
    public abstract IEnumerable<Expression> Children { get; }

    /// <summary>True for the same tree; where it was written is not compared.</summary>
    public bool Equals([NotNullWhen(true)] Expression? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && GetType() == other.GetType() && IsSameAs(other));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Expression);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>As it is written in a policy.</summary>
    public override string ToString() => ExpressionPrinter.Print(this);

    /// <summary>Compares with another of the same class.</summary>
    private protected abstract bool IsSameAs(Expression other);
}
