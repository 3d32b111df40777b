using System.Buffers;
using System.Globalization;

namespace CredBroker.Core.Identity;

/// <summary>
/// A scheme, host and port under which callers reach the broker (RFC 6454 section 4), in canonical form: lower case, default port left
/// out. DPoP proofs are compared with configured origins, never with the Host header, which a proxy or an attacker chooses.
/// </summary>
public readonly record struct PublicOrigin
{
    private static readonly SearchValues<char> HostCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-_");
    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("abcdef0123456789:.");

    private readonly string? _text;

    private PublicOrigin(string text) => _text = text;

    /// <summary>
    /// Reads <c>https://host</c> or <c>http://host:port</c>. Refuses other schemes, user information, paths (also a lone slash), ports
    /// outside 1 to 65535 or with leading zeros, and hosts with anything but letters, digits, dot, hyphen, underscore or a bracketed address.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PublicOrigin origin)
    {
        if (text.IndexOfAny('?', '#') < 0 && TrySplit(text, out origin, out var path) && path.IsEmpty) return true;
        origin = default;
        return false;
    }

    /// <summary>
    /// Splits an absolute HTTP URI into its origin and its path as sent; query and fragment are dropped (RFC 9449 section 4.3 item 9).
    /// </summary>
    internal static bool TrySplit(ReadOnlySpan<char> uri, out PublicOrigin origin, out ReadOnlySpan<char> path)
    {
        origin = default;
        path = default;
        var colon = uri.IndexOf("://", StringComparison.Ordinal);
        if (colon < 0 || uri.Length > 2048) return false;
        var https = uri[..colon].Equals("https", StringComparison.OrdinalIgnoreCase);
        if (!https && !uri[..colon].Equals("http", StringComparison.OrdinalIgnoreCase)) return false;

        var rest = uri[(colon + 3)..];
        var end = rest.IndexOfAny('/', '?', '#');
        var authority = end < 0 ? rest : rest[..end];
        path = end < 0 ? default : rest[end..];
        var tail = path.IndexOfAny('?', '#');
        if (tail >= 0) path = path[..tail];
        return TryAuthority(authority, https, out origin);
    }

    private static bool TryAuthority(ReadOnlySpan<char> authority, bool https, out PublicOrigin origin)
    {
        origin = default;
        var hostEnd = authority.StartsWith("[") ? authority.IndexOf(']') + 1 : authority.IndexOf(':');
        if (hostEnd < 0) hostEnd = authority.Length;
        var host = authority[..hostEnd].ToString().ToLowerInvariant();
        var port = authority[hostEnd..];
        if (!IsHost(host)) return false;

        var number = https ? 443 : 80;
        if (!port.IsEmpty)
        {
            if (port.Length is < 2 or > 6 || port[0] != ':' || port[1] == '0') return false;
            if (!int.TryParse(port[1..], NumberStyles.None, CultureInfo.InvariantCulture, out number) || number > 65535) return false;
        }
        var suffix = number == (https ? 443 : 80) ? "" : string.Create(CultureInfo.InvariantCulture, $":{number}");
        origin = new($"{(https ? "https" : "http")}://{host}{suffix}");
        return true;
    }

    private static bool IsHost(ReadOnlySpan<char> host) => host.StartsWith("[")
        ? host.Length > 2 && !host[1..^1].ContainsAnyExcept(AddressCharacters)
        : host.Length is > 0 and <= 255 && !host.ContainsAnyExcept(HostCharacters);

    /// <summary>The canonical text, such as <c>https://broker.example:8443</c>.</summary>
    public override string ToString() => _text ?? "";
}
