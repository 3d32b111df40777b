using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tree;

/// <summary><c>if a then b else c</c>: only the branch that is taken is evaluated.</summary>
public sealed class Conditional(Expression test, Expression then, Expression otherwise, SourceSpan span = default)
    : Expression(span, Trees.Above(test, then, otherwise), HashCode.Combine(nameof(Conditional), test, then, otherwise))
{
    /// <summary>What decides.</summary>
    public Expression Test { get; } = test;

    /// <summary>The value when the test is true.</summary>
    public Expression Then { get; } = then;

    /// <summary>The value when the test is false.</summary>
    public Expression Otherwise { get; } = otherwise;

    /// <inheritdoc/>
    public override IEnumerable<Expression> Children => [Test, Then, Otherwise];

    private protected override bool IsSameAs(Expression other) =>
        other is Conditional choice && Test.Equals(choice.Test) && Then.Equals(choice.Then) && Otherwise.Equals(choice.Otherwise);
}
