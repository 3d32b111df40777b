using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tree;

/// <summary><c>a like "pattern"</c>.</summary>
public sealed class LikeExpression(Expression target, LikePattern pattern, SourceSpan span = default)
    : Expression(span, Trees.Above(target), HashCode.Combine(nameof(LikeExpression), target, pattern))
{
    /// <summary>The text that is compared.</summary>
    public Expression Target { get; } = target;

    /// <summary>What it is compared with.</summary>
    public LikePattern Pattern { get; } = pattern;

    /// <inheritdoc/>
    public override IEnumerable<Expression> Children => [Target];

    private protected override bool IsSameAs(Expression other) =>
        other is LikeExpression like && Pattern.Equals(like.Pattern) && Target.Equals(like.Target);
}
