using System.Collections.Immutable;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tree;

/// <summary>
/// <c>a has name</c>, or <c>a has b.c.d</c>, which is <c>a has b &amp;&amp; a.b has c &amp;&amp; a.b.c has d</c> with <c>a</c> evaluated once.
/// </summary>
public sealed class AttributeTest : Expression
{
    /// <summary>Asks for the names, each in what the one before leads to.</summary>
    public AttributeTest(Expression target, ImmutableArray<string> path, SourceSpan span = default, SourceSpan pathSpan = default)
        : base(span, Trees.Above(target), Trees.Hash(HashCode.Combine(nameof(AttributeTest), target), path))
    {
        ArgumentOutOfRangeException.ThrowIfZero(path.Length);
        (Target, Path, PathSpan) = (target, path, pathSpan);
    }

    /// <summary>What is asked.</summary>
    public Expression Target { get; }

    /// <summary>One or more names, unescaped.</summary>
    public ImmutableArray<string> Path { get; }

    /// <summary>Where the names were written.</summary>
    public SourceSpan PathSpan { get; }

    /// <inheritdoc/>
    public override IEnumerable<Expression> Children => [Target];

    private protected override bool IsSameAs(Expression other) =>
        other is AttributeTest test && Trees.AreSame(Path, test.Path) && Target.Equals(test.Target);
}
