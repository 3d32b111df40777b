using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace CredBroker.Cedar.Values;

/// <summary>Values without order and repetition, of any kinds. Immutable; membership takes constant time, equality time in its size.</summary>
public sealed class CedarSet : IEquatable<CedarSet>
{
    private readonly ImmutableArray<CedarValue> _elements;
    private readonly HashIndex _index;
    private readonly int _hash;

    private CedarSet(ImmutableArray<CedarValue> elements, HashIndex index, int hash) =>
        (_elements, _index, _hash) = (elements, index, hash);

    /// <summary>The set without elements.</summary>
    public static CedarSet Empty { get; } = Of([]);

    /// <summary>How many different elements it has.</summary>
    public int Count => _elements.Length;

    /// <summary>The elements, each once, in the order in which they were first given.</summary>
    public ImmutableArray<CedarValue> Elements => _elements;

    /// <summary>True when all elements are names of entities: what may stand on the right of <c>in</c>.</summary>
    internal bool HasOnlyEntities { get; private init; }

    /// <summary>The set of these values; repetitions are ignored.</summary>
    public static CedarSet Of(params ReadOnlySpan<CedarValue> values)
    {
        var index = new HashIndex(values.Length);
        var elements = ImmutableArray.CreateBuilder<CedarValue>(values.Length);
        var (hash, onlyEntities) = (values.Length, true);
        foreach (var value in values)
        {
            if (value.IsNone) throw new ArgumentException("default is no value", nameof(values));
            var code = value.GetHashCode();
            if (Find(elements, index, code, value)) continue;
            index.Add(code);
            elements.Add(value);
            onlyEntities &= value.Kind == ValueKind.Entity;
        }

        // A sum, since the order must not matter.
        hash = elements.Count;
        foreach (var value in elements)
            hash = unchecked(hash + HashIndex.Mix(value.GetHashCode()));
        return new(elements.DrainToImmutable(), index, hash) { HasOnlyEntities = onlyEntities };
    }

    /// <summary>True when it has this element.</summary>
    public bool Contains(CedarValue value)
    {
        var code = value.GetHashCode();
        for (var i = _index.First(code); i >= 0; i = _index.Next(i))
            if (_index.HashAt(i) == code && _elements[i].Equals(value)) return true;
        return false;
    }

    /// <summary>True when it has all elements of the other.</summary>
    public bool ContainsAll(CedarSet other)
    {
        if (other.Count > Count) return false;
        foreach (var value in other._elements)
            if (!Contains(value)) return false;
        return true;
    }

    /// <summary>True when some element is in both.</summary>
    public bool ContainsAny(CedarSet other)
    {
        var (smaller, larger) = Count < other.Count ? (this, other) : (other, this);
        foreach (var value in smaller._elements)
            if (larger.Contains(value)) return true;
        return false;
    }

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] CedarSet? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && Count == other.Count && ContainsAll(other));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CedarSet);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>As it is written in a policy.</summary>
    public override string ToString() => ValueText.Of(CedarValue.Of(this));

    private static bool Find(ImmutableArray<CedarValue>.Builder elements, HashIndex index, int code, CedarValue value)
    {
        for (var i = index.First(code); i >= 0; i = index.Next(i))
            if (index.HashAt(i) == code && elements[i].Equals(value)) return true;
        return false;
    }
}
