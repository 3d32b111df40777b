using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace CredBroker.Cedar.Extensions;

/// <summary>
/// An address of IPv4 or IPv6, or a range of addresses: with a prefix. Equal when address and prefix are, as written:
/// <c>10.0.0.1/24</c> is not <c>10.0.0.0/24</c>.
/// </summary>
public sealed class CedarIpAddress : IEquatable<CedarIpAddress>
{
    private readonly UInt128 _address;

    internal CedarIpAddress(bool isIpv6, UInt128 address, int prefix) => (IsIpv6, _address, Prefix) = (isIpv6, address, prefix);

    /// <summary>True for IPv6, false for IPv4.</summary>
    public bool IsIpv6 { get; }

    /// <summary>How many leading bits are the network's: at most <see cref="Width"/>, which means one address.</summary>
    public int Prefix { get; }

    /// <summary>Bits of an address: 32 or 128.</summary>
    public int Width => IsIpv6 ? 128 : 32;

    /// <summary>True within 127.0.0.0/8, or for ::1 alone.</summary>
    public bool IsLoopback => IsIpv6 ? _address == 1 && Prefix == 128 : _address >> 24 == 127 && Prefix >= 8;

    /// <summary>True within 224.0.0.0/4, or within ff00::/8.</summary>
    public bool IsMulticast => IsIpv6 ? _address >> 120 == 0xff && Prefix >= 8 : _address >> 28 == 0xe && Prefix >= 4;

    // The bits that are the host's, all set.
    private UInt128 HostMask => Prefix == 0 && IsIpv6 ? UInt128.MaxValue : (UInt128.One << (Width - Prefix)) - 1;

    /// <summary>The only door for text: <c>10.0.0.0/8</c>, <c>2001:db8::1</c>. No leading zeros in IPv4, no zone, no embedded IPv4.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out CedarIpAddress? address)
    {
        address = text is null ? null : IpAddressReader.Read(text);
        return address is not null;
    }

    /// <summary>True when every address of this one is an address of the other.</summary>
    public bool IsInRange(CedarIpAddress other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return IsIpv6 == other.IsIpv6
            && (_address & ~HostMask) >= (other._address & ~other.HostMask)
            && (_address | HostMask) <= (other._address | other.HostMask);
    }

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] CedarIpAddress? other) =>
        other is not null && IsIpv6 == other.IsIpv6 && _address == other._address && Prefix == other.Prefix;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CedarIpAddress);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(IsIpv6, _address, Prefix);

    /// <summary>As it can be parsed, with the prefix where it is not the widest; IPv6 in eight groups.</summary>
    public override string ToString()
    {
        var groups = IsIpv6 ? 8 : 4;
        var bits = Width / groups;
        var parts = new string[groups];
        for (var i = 0; i < groups; i++)
        {
            var group = (int)((_address >> (Width - (bits * (i + 1)))) & ((UInt128.One << bits) - 1));
            parts[i] = group.ToString(IsIpv6 ? "x" : "d", CultureInfo.InvariantCulture);
        }

        var address = string.Join(IsIpv6 ? ':' : '.', parts);
        return Prefix == Width ? address : string.Create(CultureInfo.InvariantCulture, $"{address}/{Prefix}");
    }
}
