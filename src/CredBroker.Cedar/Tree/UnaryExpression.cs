using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tree;

/// <summary>An operator with one operand.</summary>
public sealed class UnaryExpression(UnaryOperator op, Expression operand, SourceSpan span = default)
    : Expression(span, Trees.Above(operand), HashCode.Combine(nameof(UnaryExpression), op, operand))
{
    /// <summary>What is done.</summary>
    public UnaryOperator Operator { get; } = op;

    /// <summary>To what.</summary>
    public Expression Operand { get; } = operand;

    /// <inheritdoc/>
    public override IEnumerable<Expression> Children => [Operand];

    private protected override bool IsSameAs(Expression other) =>
        other is UnaryExpression unary && Operator == unary.Operator && Operand.Equals(unary.Operand);
}
