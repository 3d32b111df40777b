using System.Collections.Immutable;
using System.Diagnostics;
using CredBroker.Cedar.Tree;
using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Schema;

/// <summary>One attribute that a record or an entity may have.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What its value is.</param>
/// <param name="IsRequired">False when it may be absent.</param>
public readonly record struct AttributeType(string Name, CedarType Type, bool IsRequired);

/// <summary>
/// What a schema says that a value is. Closed: <see cref="Simple"/>, <see cref="Entity"/>, <see cref="Set"/>, <see cref="Record"/>.
/// Immutable; equal when the same values have it.
/// </summary>
/// <remarks>Equal types of one schema are one object, so that types which share much of each other cost no more than they take to write.</remarks>
public abstract class CedarType : IEquatable<CedarType>
{
    private readonly int _hash;

    private CedarType(ValueKind kind, int depth, int hash) => (Kind, Depth, _hash) = (kind, depth, hash);

    /// <summary>Truth values.</summary>
    public static CedarType Bool { get; } = new Simple(ValueKind.Bool, "Bool");

    /// <summary>Whole numbers.</summary>
    public static CedarType Long { get; } = new Simple(ValueKind.Long, "Long");

    /// <summary>Texts.</summary>
    public static CedarType String { get; } = new Simple(ValueKind.String, "String");

    /// <summary>The type of what is true in every request: only expressions have it.</summary>
    internal static CedarType True { get; } = new Simple(ValueKind.Bool, "true");

    /// <summary>The type of what is false in every request: only expressions have it.</summary>
    internal static CedarType False { get; } = new Simple(ValueKind.Bool, "false");

    /// <summary>The types of extension values, by the names that schemas have for them.</summary>
    internal static ImmutableArray<CedarType> Extensions { get; } =
    [
        new Simple(ValueKind.IpAddress, "ipaddr"),
        new Simple(ValueKind.Decimal, "decimal"),
        new Simple(ValueKind.Datetime, "datetime"),
        new Simple(ValueKind.Duration, "duration"),
    ];

    /// <summary>The kind of its values.</summary>
    public ValueKind Kind { get; }

    /// <summary>Levels: 1 for a type without others in it.</summary>
    internal int Depth { get; }

    /// <summary>The type of a kind that has only one.</summary>
    internal static CedarType Of(ValueKind kind) => kind switch
    {
        ValueKind.Bool => Bool,
        ValueKind.Long => Long,
        ValueKind.String => String,
        _ => Extensions.FirstOrDefault(type => type.Kind == kind) ?? throw new UnreachableException(),
    };

    /// <inheritdoc/>
    public bool Equals(CedarType? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && GetType() == other.GetType() && IsSameAs(other));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CedarType);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>As it is written in a schema; a long one ends in <c>…</c>.</summary>
    public override string ToString() => TypeText.Of(this);

    private protected abstract bool IsSameAs(CedarType other);

    /// <summary>A type that has a name of the language's own.</summary>
    public sealed class Simple : CedarType
    {
        internal Simple(ValueKind kind, string name)
            : base(kind, 1, name.GetHashCode(StringComparison.Ordinal)) => Name = name;

        /// <summary>Its name in schemas.</summary>
        public string Name { get; }

        private protected override bool IsSameAs(CedarType other) => Name == ((Simple)other).Name;
    }

    /// <summary>The names of entities of one type.</summary>
    public sealed class Entity(EntityType type) : CedarType(ValueKind.Entity, 1, type.GetHashCode())
    {
        /// <summary>Their type.</summary>
        public EntityType Type { get; } = type;

        private protected override bool IsSameAs(CedarType other) => Type.Equals(((Entity)other).Type);
    }

    /// <summary>Sets of values of one type.</summary>
    public sealed class Set(CedarType element) : CedarType(ValueKind.Set, element.Depth + 1, HashCode.Combine(nameof(Set), element))
    {
        /// <summary>The elements' type.</summary>
        public CedarType Element { get; } = element;

        private protected override bool IsSameAs(CedarType other) => Element.Equals(((Set)other).Element);
    }

    /// <summary>Records with these attributes and no others.</summary>
    public sealed class Record : CedarType
    {
        internal Record(ImmutableArray<AttributeType> sorted)
            : base(ValueKind.Record, sorted.IsEmpty ? 1 : sorted.Max(attribute => attribute.Type.Depth) + 1, Trees.Hash(7, sorted)) => Attributes = sorted;

        /// <summary>Without attributes.</summary>
        public static Record Empty { get; } = new([]);

        /// <summary>The attributes, by name.</summary>
        public ImmutableArray<AttributeType> Attributes { get; }

        internal static Record Of(IEnumerable<AttributeType> attributes) => new([.. attributes.OrderBy(attribute => attribute.Name, StringComparer.Ordinal)]);

        /// <summary>The attribute of a name; null when there is none.</summary>
        public AttributeType? Find(string name)
        {
            var (low, high) = (0, Attributes.Length - 1);
            while (low <= high)
            {
                var middle = (low + high) / 2;
                var order = string.CompareOrdinal(Attributes[middle].Name, name);
                if (order == 0) return Attributes[middle];
                if (order < 0) low = middle + 1;
                else high = middle - 1;
            }

            return null;
        }

        private protected override bool IsSameAs(CedarType other) => Trees.AreSame(Attributes, ((Record)other).Attributes);
    }
}
