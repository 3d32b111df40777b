using System.Diagnostics.CodeAnalysis;
using CredBroker.Cedar.Extensions;

namespace CredBroker.Cedar.Values;

/// <summary>
/// One value, in two words: numbers are in the struct, the rest is behind the reference. Compared as Cedar does: values of different
/// kinds are different, sets and records are equal when their contents are. <c>default</c> is no value.
/// </summary>
public readonly struct CedarValue : IEquatable<CedarValue>
{
    // A KindTag for what fits into the bits, else the string, uid, set, record or address itself; null for no value.
    private readonly object? _reference;
    private readonly long _bits;

    private CedarValue(object reference, long bits = 0) => (_reference, _bits) = (reference, bits);

    /// <summary>True.</summary>
    public static CedarValue True { get; } = new(KindTag.Bool, 1);

    /// <summary>False.</summary>
    public static CedarValue False { get; } = new(KindTag.Bool);

    /// <summary>What it is.</summary>
    public ValueKind Kind => _reference switch
    {
        null => ValueKind.None,
        KindTag tag => tag.Kind,
        string => ValueKind.String,
        EntityUid => ValueKind.Entity,
        CedarRecord => ValueKind.Record,
        CedarSet => ValueKind.Set,
        _ => ValueKind.IpAddress,
    };

    /// <summary>True for <c>default</c>: no value.</summary>
    public bool IsNone => _reference is null;

    internal bool IsTrue => _reference == (object)KindTag.Bool && _bits != 0;

    /// <summary>A truth value.</summary>
    public static CedarValue Of(bool value) => value ? True : False;

    /// <summary>A number.</summary>
    public static CedarValue Of(long value) => new(KindTag.Long, value);

    /// <summary>A text; must be well-formed UTF-16 to compare and print as Cedar does.</summary>
    public static CedarValue Of(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(value);
    }

    /// <summary>The name of an entity.</summary>
    public static CedarValue Of(EntityUid value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(value);
    }

    /// <summary>A set.</summary>
    public static CedarValue Of(CedarSet value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(value);
    }

    /// <summary>A record.</summary>
    public static CedarValue Of(CedarRecord value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(value);
    }

    /// <summary>An address or a range of addresses.</summary>
    public static CedarValue Of(CedarIpAddress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(value);
    }

    /// <summary>A decimal number.</summary>
    public static CedarValue Of(CedarDecimal value) => new(KindTag.Decimal, value.Units);

    /// <summary>A moment.</summary>
    public static CedarValue Of(CedarDatetime value) => new(KindTag.Datetime, value.UnixMilliseconds);

    /// <summary>A length of time.</summary>
    public static CedarValue Of(CedarDuration value) => new(KindTag.Duration, value.Milliseconds);

    /// <summary>The truth value; false when it is none.</summary>
    public bool TryGet(out bool value)
    {
        value = _bits != 0;
        return _reference == (object)KindTag.Bool;
    }

    /// <summary>The number; false when it is none.</summary>
    public bool TryGet(out long value)
    {
        value = _bits;
        return _reference == (object)KindTag.Long;
    }

    /// <summary>The text; false when it is none.</summary>
    public bool TryGet([NotNullWhen(true)] out string? value) => (value = _reference as string) is not null;

    /// <summary>The name of an entity; false when it is none.</summary>
    public bool TryGet([NotNullWhen(true)] out EntityUid? value) => (value = _reference as EntityUid) is not null;

    /// <summary>The set; false when it is none.</summary>
    public bool TryGet([NotNullWhen(true)] out CedarSet? value) => (value = _reference as CedarSet) is not null;

    /// <summary>The record; false when it is none.</summary>
    public bool TryGet([NotNullWhen(true)] out CedarRecord? value) => (value = _reference as CedarRecord) is not null;

    /// <summary>The address; false when it is none.</summary>
    public bool TryGet([NotNullWhen(true)] out CedarIpAddress? value) => (value = _reference as CedarIpAddress) is not null;

    /// <summary>The decimal number; false when it is none.</summary>
    public bool TryGet(out CedarDecimal value)
    {
        value = new(_bits);
        return _reference == (object)KindTag.Decimal;
    }

    /// <summary>The moment; false when it is none.</summary>
    public bool TryGet(out CedarDatetime value)
    {
        value = new(_bits);
        return _reference == (object)KindTag.Datetime;
    }

    /// <summary>The length of time; false when it is none.</summary>
    public bool TryGet(out CedarDuration value)
    {
        value = new(_bits);
        return _reference == (object)KindTag.Duration;
    }

    /// <inheritdoc/>
    public bool Equals(CedarValue other) => ReferenceEquals(_reference, other._reference)
        ? _bits == other._bits
        : _reference is not (null or KindTag) && other._reference is not null && _reference.Equals(other._reference);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is CedarValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_reference, _bits);

    /// <summary>As it is written in a policy.</summary>
    public override string ToString() => ValueText.Of(this);

    /// <summary>Equality as Cedar's <c>==</c>.</summary>
    public static bool operator ==(CedarValue left, CedarValue right) => left.Equals(right);

    /// <summary>Inequality as Cedar's <c>!=</c>.</summary>
    public static bool operator !=(CedarValue left, CedarValue right) => !left.Equals(right);

    /// <summary>Says what the bits of a value are.</summary>
    private sealed class KindTag(ValueKind kind)
    {
        internal static readonly KindTag Bool = new(ValueKind.Bool);
        internal static readonly KindTag Long = new(ValueKind.Long);
        internal static readonly KindTag Decimal = new(ValueKind.Decimal);
        internal static readonly KindTag Datetime = new(ValueKind.Datetime);
        internal static readonly KindTag Duration = new(ValueKind.Duration);

        internal ValueKind Kind => kind;

        public override int GetHashCode() => (int)kind;
    }
}
