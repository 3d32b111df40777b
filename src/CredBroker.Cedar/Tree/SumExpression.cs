using System.Collections.Immutable;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tree;

/// <summary>One term of a sum: what is added, or taken away.</summary>
/// <param name="IsSubtracted">True after a minus.</param>
/// <param name="Operand">The term.</param>
public readonly record struct SumTerm(bool IsSubtracted, Expression Operand);

/// <summary><c>a + b - c</c>, from the left.</summary>
/// <remarks>A chain of any length is one node; its first operand is never such a chain itself.</remarks>
public sealed class SumExpression : Expression
{
    /// <summary>Adds one or more terms to a first one, which is continued when it is a sum.</summary>
    public SumExpression(Expression first, ImmutableArray<SumTerm> terms, SourceSpan span = default)
        : this(span, first is SumExpression sum ? sum.First : first, first is SumExpression chain ? [.. chain.Terms, .. terms] : terms)
    {
    }

    private SumExpression(SourceSpan span, Expression first, ImmutableArray<SumTerm> terms)
        : base(span, Math.Max(first.Depth + 1, Trees.Above([.. terms.Select(term => term.Operand)])), Trees.Hash(HashCode.Combine(4, first), terms))
    {
        ArgumentOutOfRangeException.ThrowIfZero(terms.Length);
        (First, Terms) = (first, terms);
    }

    /// <summary>The first operand.</summary>
    public Expression First { get; }

    /// <summary>What is added to it or taken away: one or more.</summary>
    public ImmutableArray<SumTerm> Terms { get; }

    /// <inheritdoc/>
    public override IEnumerable<Expression> Children => Terms.Select(term => term.Operand).Prepend(First);

    private protected override bool IsSameAs(Expression other) =>
        other is SumExpression sum && First.Equals(sum.First) && Trees.AreSame(Terms, sum.Terms);
}
