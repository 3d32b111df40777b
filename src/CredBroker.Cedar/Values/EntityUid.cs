using System.Diagnostics.CodeAnalysis;
using System.Text;
using CredBroker.Cedar.Text;

namespace CredBroker.Cedar.Values;

/// <summary>Names one entity: its type and its id. The entity need not exist. Immutable; its hash is computed once.</summary>
public sealed class EntityUid : IEquatable<EntityUid>
{
    private readonly int _hash;

    /// <summary>Names an entity.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="id">Its id: any text, also an empty one; compared by code unit.</param>
    public EntityUid(EntityType type, string id)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(id);
        (Type, Id, _hash) = (type, id, HashCode.Combine(type, id));
    }

    /// <summary>Its type.</summary>
    public EntityType Type { get; }

    /// <summary>Its id, unescaped.</summary>
    public string Id { get; }

    /// <summary>Names an entity of a type whose path is known to be one.</summary>
    /// <exception cref="FormatException"><paramref name="type"/> is no path.</exception>
    public static EntityUid Of(string type, string id) => new(EntityType.Parse(type), id);

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] EntityUid? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && Id == other.Id && Type.Equals(other.Type));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as EntityUid);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>As it is written in a policy: <c>User::"alice"</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Type.Name).Append("::");
        StringLiteral.AppendQuoted(text, Id);
        return text.ToString();
    }
}
