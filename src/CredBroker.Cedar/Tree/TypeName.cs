using CredBroker.Cedar.Text;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Tree;

/// <summary>An entity type that a scope names.</summary>
public readonly struct TypeName(EntityType type, SourceSpan span = default) : IEquatable<TypeName>
{
    /// <summary>The type.</summary>
    public EntityType Type { get; } = type;

    /// <summary>Where it was written.</summary>
    public SourceSpan Span { get; } = span;

    /// <inheritdoc/>
    public bool Equals(TypeName other) => Equals(Type, other.Type);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TypeName other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Type.GetHashCode();

    /// <summary>The whole path.</summary>
    public override string ToString() => Type.Name;

    /// <summary>True for the same type.</summary>
    public static bool operator ==(TypeName left, TypeName right) => left.Equals(right);

    /// <summary>True for another type.</summary>
    public static bool operator !=(TypeName left, TypeName right) => !left.Equals(right);
}
