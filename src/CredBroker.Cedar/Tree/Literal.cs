using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tree;

/// <summary>A truth value, a number, a string or the name of an entity, written out. Nothing else has a literal.</summary>
public sealed class Literal : Expression
{
    /// <summary>Writes a value out.</summary>
    /// <exception cref="ArgumentException">Sets, records and extension values have no literal: they are written as expressions.</exception>
    public Literal(CedarValue value, SourceSpan span = default)
        : base(span, 1, HashCode.Combine(nameof(Literal), value))
    {
        if (value.Kind is not (ValueKind.Bool or ValueKind.Long or ValueKind.String or ValueKind.Entity))
            throw new ArgumentException("no literal has this kind", nameof(value));
        Value = value;
    }

    /// <summary>The value.</summary>
    public CedarValue Value { get; }

    /// <inheritdoc/>
    public override IEnumerable<Expression> Children => [];

    private protected override bool IsSameAs(Expression other) => Value == ((Literal)other).Value;
}
