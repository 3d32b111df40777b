using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tree;

/// <summary>A part of the request.</summary>
public sealed class Variable(RequestVariable name, SourceSpan span = default)
    : Expression(span, 1, HashCode.Combine(nameof(Variable), name))
{
    /// <summary>Which part.</summary>
    public RequestVariable Name { get; } = name;

    /// <inheritdoc/>
    public override IEnumerable<Expression> Children => [];

    private protected override bool IsSameAs(Expression other) => Name == ((Variable)other).Name;
}
