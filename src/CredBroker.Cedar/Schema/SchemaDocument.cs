using System.Collections.Immutable;
using CredBroker.Cedar.Text;
using CredBroker.Cedar.Tree;

namespace CredBroker.Cedar.Schema;

/// <summary>What a schema declares, as it was written, in text or JSON: names are not looked up yet.</summary>
internal sealed record SchemaDocument(ImmutableArray<SchemaNamespace> Namespaces);

/// <summary>The declarations of one namespace.</summary>
/// <param name="Name">Its path; empty for what is in none.</param>
/// <param name="Annotations">Notes on it.</param>
internal sealed record SchemaNamespace(string Name, ImmutableArray<Annotation> Annotations)
{
    internal List<EntityDeclaration> Entities { get; } = [];

    internal List<ActionDeclaration> Actions { get; } = [];

    internal List<TypeDeclaration> Types { get; } = [];

    /// <summary>The whole path of something that is declared here.</summary>
    internal string PathOf(string name) => Name.Length == 0 ? name : $"{Name}::{name}";
}

/// <summary>A name in a declaration, and where it is.</summary>
internal readonly record struct NameReference(string Name, SourceSpan Span);

/// <summary>A type of entities.</summary>
/// <param name="Name">Its name, without the namespace, and where it is.</param>
/// <param name="Annotations">Notes on it.</param>
/// <param name="Parents">The types that its entities may be in.</param>
/// <param name="Shape">The attributes; null for none.</param>
/// <param name="Tags">What every tag is; null for no tags.</param>
/// <param name="Ids">The ids that there are; null when any may be.</param>
internal sealed record EntityDeclaration(
    NameReference Name, ImmutableArray<Annotation> Annotations, ImmutableArray<NameReference> Parents, TypeExpression? Shape, TypeExpression? Tags, ImmutableArray<string>? Ids);

/// <summary>A name for a type.</summary>
internal sealed record TypeDeclaration(NameReference Name, ImmutableArray<Annotation> Annotations, TypeExpression Type);

/// <summary>An action, or a group of actions.</summary>
/// <param name="Name">Its id.</param>
/// <param name="Annotations">Notes on it.</param>
/// <param name="Parents">The groups that it is in.</param>
/// <param name="AppliesTo">What it may be requested for; null for nothing.</param>
internal sealed record ActionDeclaration(
    NameReference Name, ImmutableArray<Annotation> Annotations, ImmutableArray<ActionReference> Parents, AppliesTo? AppliesTo);

/// <summary>An action that a declaration names.</summary>
/// <param name="Type">The type that was written before its id; null when there was none.</param>
/// <param name="Id">Its id.</param>
/// <param name="Span">Where.</param>
internal readonly record struct ActionReference(string? Type, string Id, SourceSpan Span);

/// <summary>The requests that there are for an action.</summary>
internal sealed record AppliesTo(ImmutableArray<NameReference> Principals, ImmutableArray<NameReference> Resources, TypeExpression? Context);

/// <summary>An attribute in a record.</summary>
internal sealed record AttributeDeclaration(NameReference Name, ImmutableArray<Annotation> Annotations, bool IsRequired, TypeExpression Type);

/// <summary>Where a name is looked up.</summary>
internal enum NameKind
{
    /// <summary>Among the common types, then the entity types, then the language's own.</summary>
    Any,

    /// <summary>Among the entity types.</summary>
    Entity,

    /// <summary>Among the common types, then the language's own.</summary>
    Common,

    /// <summary>Among the three primitive types.</summary>
    Primitive,

    /// <summary>Among the extension types.</summary>
    Extension,
}

/// <summary>A type as it was written. Closed: <see cref="Named"/>, <see cref="Set"/>, <see cref="Record"/>.</summary>
/// <param name="Span">Where.</param>
internal abstract record TypeExpression(SourceSpan Span)
{
    internal sealed record Named(NameKind Kind, string Name, SourceSpan Span) : TypeExpression(Span);

    internal sealed record Set(TypeExpression Element, SourceSpan Span) : TypeExpression(Span);

    internal sealed record Record(ImmutableArray<AttributeDeclaration> Attributes, SourceSpan Span) : TypeExpression(Span);
}
