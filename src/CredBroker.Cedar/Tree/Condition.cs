using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tree;

/// <summary>One clause after the scope of a policy.</summary>
public sealed class Condition(bool isUnless, Expression body, SourceSpan span = default) : IEquatable<Condition>
{
    /// <summary>True for <c>unless</c>: the body must be false.</summary>
    public bool IsUnless { get; } = isUnless;

    /// <summary>What is asked.</summary>
    public Expression Body { get; } = body;

    /// <summary>Where the clause was written.</summary>
    public SourceSpan Span { get; } = span;

    /// <summary>True for the same clause; where it was written is not compared.</summary>
    public bool Equals(Condition? other) => other is not null && IsUnless == other.IsUnless && Body.Equals(other.Body);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Condition);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(IsUnless, Body);
}
