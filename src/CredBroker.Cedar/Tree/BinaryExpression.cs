using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tree;

/// <summary>An operator, or a method of the language, with two operands.</summary>
public sealed class BinaryExpression(BinaryOperator op, Expression left, Expression right, SourceSpan span = default)
    : Expression(span, Trees.Above(left, right), HashCode.Combine(nameof(BinaryExpression), op, left, right))
{
    /// <summary>What is done.</summary>
    public BinaryOperator Operator { get; } = op;

    /// <summary>The left operand; of a method, what stands before the dot.</summary>
    public Expression Left { get; } = left;

    /// <summary>The right operand; of a method, its argument.</summary>
    public Expression Right { get; } = right;

    /// <inheritdoc/>
    public override IEnumerable<Expression> Children => [Left, Right];

    private protected override bool IsSameAs(Expression other) =>
        other is BinaryExpression binary && Operator == binary.Operator && Left.Equals(binary.Left) && Right.Equals(binary.Right);
}
