using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tree;

/// <summary><c>a is T</c>, or <c>a is T in b</c>, where <c>b</c> is evaluated only when the type fits.</summary>
public sealed class TypeTest(Expression target, EntityType type, Expression? container = null, SourceSpan span = default, SourceSpan typeSpan = default)
    : Expression(span, container is null ? Trees.Above(target) : Trees.Above(target, container), HashCode.Combine(nameof(TypeTest), target, type, container))
{
    /// <summary>The entity that is tested.</summary>
    public Expression Target { get; } = target;

    /// <summary>Its type, if the test is to hold.</summary>
    public EntityType Type { get; } = type;

    /// <summary>What it must be in as well; null without <c>in</c>.</summary>
    public Expression? Container { get; } = container;

    /// <summary>Where the type was written.</summary>
    public SourceSpan TypeSpan { get; } = typeSpan;

    /// <inheritdoc/>
    public override IEnumerable<Expression> Children => Container is null ? [Target] : [Target, Container];

    private protected override bool IsSameAs(Expression other) =>
        other is TypeTest test && Type.Equals(test.Type) && Target.Equals(test.Target) && Equals(Container, test.Container);
}
