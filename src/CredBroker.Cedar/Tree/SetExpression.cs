using System.Collections.Immutable;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tree;

/// <summary><c>[a, b, c]</c>: the set of the values.</summary>
public sealed class SetExpression(ImmutableArray<Expression> elements, SourceSpan span = default)
    : Expression(span, Trees.Above(elements.AsSpan()), Trees.Hash(5, elements))
{
    /// <summary>The elements, as written.</summary>
    public ImmutableArray<Expression> Elements { get; } = elements;

    /// <inheritdoc/>
    public override IEnumerable<Expression> Children => Elements;

    private protected override bool IsSameAs(Expression other) => Trees.AreSame(Elements, ((SetExpression)other).Elements);
}
