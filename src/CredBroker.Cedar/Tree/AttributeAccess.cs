using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Tree;

/// <summary><c>a.name</c> or <c>a["name"]</c>: an entry of a record, or an attribute of an entity.</summary>
public sealed class AttributeAccess(Expression target, string name, SourceSpan span = default, SourceSpan nameSpan = default)
    : Expression(span, Trees.Above(target), HashCode.Combine(nameof(AttributeAccess), target, name))
{
    /// <summary>What has it.</summary>
    public Expression Target { get; } = target;

    /// <summary>Its name, unescaped.</summary>
    public string Name { get; } = name;

    /// <summary>Where the name was written.</summary>
    public SourceSpan NameSpan { get; } = nameSpan;

    /// <inheritdoc/>
    public override IEnumerable<Expression> Children => [Target];

    private protected override bool IsSameAs(Expression other) =>
        other is AttributeAccess access && Name == access.Name && Target.Equals(access.Target);
}
