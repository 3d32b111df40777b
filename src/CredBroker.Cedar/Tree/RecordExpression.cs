using System.Collections.Immutable;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tree;

/// <summary>One entry of a record that is written out.</summary>
/// <param name="Name">Its name, unescaped.</param>
/// <param name="Value">Its value.</param>
public readonly record struct RecordField(string Name, Expression Value);

/// <summary><c>{a: b, "c d": e}</c>: a record. No two entries have the same name.</summary>
public sealed class RecordExpression : Expression
{
    /// <summary>A record of these entries.</summary>
    /// <exception cref="ArgumentException">Two entries have the same name.</exception>
    public RecordExpression(ImmutableArray<RecordField> fields, SourceSpan span = default)
        : base(span, Trees.Above([.. fields.Select(field => field.Value)]), Trees.Hash(6, fields))
    {
        if (fields.Select(field => field.Name).Distinct(StringComparer.Ordinal).Count() != fields.Length)
            throw new ArgumentException("two entries have the same name", nameof(fields));
        Fields = fields;
    }

    /// <summary>The entries, in the order in which they were written and are evaluated.</summary>
    public ImmutableArray<RecordField> Fields { get; }

    /// <inheritdoc/>
    public override IEnumerable<Expression> Children => Fields.Select(entry => entry.Value);

    private protected override bool IsSameAs(Expression other) => Trees.AreSame(Fields, ((RecordExpression)other).Fields);
}
