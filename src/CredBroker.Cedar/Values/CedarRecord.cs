using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace CredBroker.Cedar.Values;

/// <summary>Values by name: a record, or the attributes or tags of an entity. Immutable; an entry is found in constant time.</summary>
public sealed class CedarRecord : IEquatable<CedarRecord>
{
    private readonly ImmutableArray<KeyValuePair<string, CedarValue>> _entries;
    private readonly HashIndex _index;
    private readonly int _hash;

    private CedarRecord(ImmutableArray<KeyValuePair<string, CedarValue>> entries, HashIndex index, int hash) =>
        (_entries, _index, _hash) = (entries, index, hash);

    /// <summary>The record without entries.</summary>
    public static CedarRecord Empty { get; } = Of([]);

    /// <summary>How many entries it has.</summary>
    public int Count => _entries.Length;

    /// <summary>The entries, in the order in which they were given.</summary>
    public ImmutableArray<KeyValuePair<string, CedarValue>> Entries => _entries;

    /// <summary>The record of these entries.</summary>
    /// <exception cref="ArgumentException">A name is given twice, or a value is <c>default</c>.</exception>
    public static CedarRecord Of(params ReadOnlySpan<KeyValuePair<string, CedarValue>> entries) => TryCreate(entries, out var record, out var repeated)
        ? record
        : throw new ArgumentException($"the name \"{repeated}\" is given twice", nameof(entries));

    /// <summary>The record of these entries; false, with the name, when one is given twice.</summary>
    public static bool TryCreate(
        ReadOnlySpan<KeyValuePair<string, CedarValue>> entries, [NotNullWhen(true)] out CedarRecord? record, [NotNullWhen(false)] out string? repeated)
    {
        var index = new HashIndex(entries.Length);
        var hash = entries.Length;
        (record, repeated) = (null, null);
        for (var at = 0; at < entries.Length; at++)
        {
            var (name, value) = entries[at];
            if (value.IsNone) throw new ArgumentException("default is no value", nameof(entries));
            var code = HashOf(name);
            for (var i = index.First(code); i >= 0; i = index.Next(i))
            {
                if (index.HashAt(i) != code || entries[i].Key != name) continue;
                repeated = name;
                return false;
            }

            index.Add(code);
            // A sum, since the order must not matter.
            hash = unchecked(hash + HashIndex.Mix(HashCode.Combine(code, value.GetHashCode())));
        }

        record = new([.. entries], index, hash);
        return true;
    }

    /// <summary>True when there is an entry of this name.</summary>
    public bool Contains(string name) => TryGet(name, HashOf(name), out _);

    /// <summary>The value of an entry; false when there is none of this name.</summary>
    public bool TryGet(string name, out CedarValue value) => TryGet(name, HashOf(name), out value);

    /// <summary>The same, with the hash of the name, which a policy computes once.</summary>
    internal bool TryGet(string name, int hash, out CedarValue value)
    {
        for (var i = _index.First(hash); i >= 0; i = _index.Next(i))
        {
            if (_index.HashAt(i) != hash || _entries[i].Key != name) continue;
            value = _entries[i].Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>The hash by which a name is found.</summary>
    internal static int HashOf(string name) => name.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] CedarRecord? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || _hash != other._hash || Count != other.Count) return false;
        for (var i = 0; i < _entries.Length; i++)
        {
            var (name, value) = _entries[i];
            if (!other.TryGet(name, _index.HashAt(i), out var its) || !value.Equals(its)) return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CedarRecord);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>As it is written in a policy.</summary>
    public override string ToString() => ValueText.Of(CedarValue.Of(this));
}
