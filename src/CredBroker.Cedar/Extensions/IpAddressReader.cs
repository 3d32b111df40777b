using System.Buffers;
using System.Globalization;

namespace CredBroker.Cedar.Extensions;

/// <summary>Reads addresses as Cedar writes them; stricter than the platform's reader, which knows more spellings.</summary>
internal static class IpAddressReader
{
    private const int Groups = 8;

    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789ABCDEFabcdef");

    /// <summary>Null for anything but one spelling that Cedar knows.</summary>
    internal static CedarIpAddress? Read(ReadOnlySpan<char> text)
    {
        if (text.Length > CedarLimits.MaxIpLength) return null;
        var slash = text.IndexOf('/');
        var host = slash < 0 ? text : text[..slash];
        UInt128 address;
        var isIpv6 = host.Contains(':');
        if (isIpv6 ? !TryReadIpv6(host, out address) : !TryReadIpv4(host, out address)) return null;
        var width = isIpv6 ? 128 : 32;
        var prefix = width;
        if (slash >= 0 && !TryReadPrefix(text[(slash + 1)..], width, out prefix)) return null;
        return new(isIpv6, address, prefix);
    }

    private static bool TryReadPrefix(ReadOnlySpan<char> text, int width, out int prefix) =>
        TryReadNumber(text, width, out prefix) && text.Length <= (width == 32 ? 2 : 3);

    private static bool TryReadIpv4(ReadOnlySpan<char> text, out UInt128 address)
    {
        var parts = 0;
        address = 0;
        foreach (var range in text.Split('.'))
        {
            if (++parts > 4 || !TryReadNumber(text[range], 255, out var octet)) return false;
            address = (address << 8) | (uint)octet;
        }

        return parts == 4;
    }

    // No leading zero: some readers take what follows it for octal.
    private static bool TryReadNumber(ReadOnlySpan<char> text, int max, out int value) =>
        Digits.TryParse(text, out value) && value <= max && (text.Length == 1 || text[0] != '0');

    private static bool TryReadIpv6(ReadOnlySpan<char> text, out UInt128 address)
    {
        address = 0;
        var gap = text.IndexOf("::");
        if (gap < 0) return TryReadGroups(text, out address, out var all) && all == Groups;
        if (!TryReadGroups(text[..gap], out var high, out var left) || !TryReadGroups(text[(gap + 2)..], out var low, out var right)) return false;
        // The gap stands for at least one group.
        if (left + right >= Groups) return false;
        // A shift by all 128 bits would shift by none.
        address = left == 0 ? low : (high << (16 * (Groups - left))) | low;
        return true;
    }

    private static bool TryReadGroups(ReadOnlySpan<char> text, out UInt128 bits, out int count)
    {
        (bits, count) = (0, 0);
        if (text.IsEmpty) return true;
        foreach (var range in text.Split(':'))
        {
            var group = text[range];
            if (group.Length is 0 or > 4 || ++count > Groups) return false;
            // The platform's reader takes NULs behind the digits.
            if (group.ContainsAnyExcept(s_digits)) return false;
            bits = (bits << 16) | ushort.Parse(group, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }

        return true;
    }
}
