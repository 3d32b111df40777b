using System.Diagnostics.CodeAnalysis;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Values;

/// <summary>The name of a type of entities: a path such as <c>User</c> or <c>Shop::Order</c>.</summary>
public sealed class EntityType : IEquatable<EntityType>
{
    private readonly int _hash;

    internal EntityType(string name)
    {
        (Name, _hash) = (name, name.GetHashCode(StringComparison.Ordinal));
        var last = name.LastIndexOf("::", StringComparison.Ordinal);
        (Namespace, BaseName) = last < 0 ? ("", name) : (name[..last], name[(last + 2)..]);
    }

    /// <summary>The whole path: <c>Shop::Order</c>.</summary>
    public string Name { get; }

    /// <summary>The path without its last part: <c>Shop</c>; empty when there is none.</summary>
    public string Namespace { get; }

    /// <summary>The last part of the path: <c>Order</c>.</summary>
    public string BaseName { get; }

    /// <summary>True for the types whose entities are actions: those with the base name <c>Action</c>.</summary>
    public bool IsAction => BaseName == "Action";

    /// <summary>The only door: identifiers joined by <c>::</c>, without white space, reserved words or <c>__cedar</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out EntityType? type)
    {
        type = text is not null && Names.IsPath(text) ? new(text) : null;
        return type is not null;
    }

    /// <summary>Reads a path that is known to be one.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static EntityType Parse(string text) =>
        TryParse(text, out var type) ? type : throw new FormatException($"{Quoting.Code(text)} is not the path of an entity type");

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] EntityType? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && Name == other.Name);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as EntityType);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>The whole path.</summary>
    public override string ToString() => Name;
}
