using System.Collections.Immutable;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tree;

/// <summary><c>a * b * c</c>, from the left.</summary>
/// <remarks>A chain of any length is one node; its first operand is never such a chain itself.</remarks>
public sealed class ProductExpression : Expression
{
    /// <summary>Joins two or more operands; a first one that is such a chain is continued.</summary>
    public ProductExpression(ImmutableArray<Expression> operands, SourceSpan span = default)
        : this(span, operands is [ProductExpression first, .. var rest] ? [.. first.Operands, .. rest] : operands)
    {
    }

    private ProductExpression(SourceSpan span, ImmutableArray<Expression> operands)
        : base(span, Trees.Above(operands.AsSpan()), Trees.Hash(3, operands))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(operands.Length, 2);
        Operands = operands;
    }

    /// <summary>The operands: two or more, from the left.</summary>
    public ImmutableArray<Expression> Operands { get; }

    /// <inheritdoc/>
    public override IEnumerable<Expression> Children => Operands;

    private protected override bool IsSameAs(Expression other) => Trees.AreSame(Operands, ((ProductExpression)other).Operands);
}
