using System.Collections.Immutable;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tree;

/// <summary><c>a &amp;&amp; b &amp;&amp; c</c>: true when all are, looked at from the left up to the first that is false.</summary>
/// <remarks>A chain of any length is one node; its first operand is never such a chain itself.</remarks>
public sealed class AndExpression : Expression
{
    /// <summary>Joins two or more operands; a first one that is such a chain is continued.</summary>
    public AndExpression(ImmutableArray<Expression> operands, SourceSpan span = default)
        : this(span, operands is [AndExpression first, .. var rest] ? [.. first.Operands, .. rest] : operands)
    {
    }

    private AndExpression(SourceSpan span, ImmutableArray<Expression> operands)
        : base(span, Trees.Above(operands.AsSpan()), Trees.Hash(1, operands))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(operands.Length, 2);
        Operands = operands;
    }

    /// <summary>The operands: two or more, from the left.</summary>
    public ImmutableArray<Expression> Operands { get; }

    /// <inheritdoc/>
    public override IEnumerable<Expression> Children => Operands;

    private protected override bool IsSameAs(Expression other) => Trees.AreSame(Operands, ((AndExpression)other).Operands);
}
