using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace CredBroker.Client;

/// <summary>Where a broker listens: a Unix socket, an <c>https</c> origin, or an <c>http</c> origin on loopback. Immutable.</summary>
public sealed record BrokerAddress
{
    // sun_path has 108, the last of them NUL (unix(7)).
    private const int MaxSocketPathBytes = 107;

    private BrokerAddress(string? socketPath, Uri origin) => (SocketPath, Origin) = (socketPath, origin);

    /// <summary>Absolute path of the Unix socket; null when the address is an origin.</summary>
    public string? SocketPath { get; }

    /// <summary>
    /// Scheme, host and port, without a path. Over a Unix socket it is <c>http://localhost</c>, as every gRPC client says there:
    /// nothing is decided by it.
    /// </summary>
    public Uri Origin { get; }

    /// <summary>True when the connection is encrypted, so that a client certificate can vouch for the caller.</summary>
    public bool IsTls => SocketPath is null && Origin.Scheme == Uri.UriSchemeHttps;

    /// <summary>
    /// Reads <c>unix:/run/credbroker.sock</c>, <c>unix:///run/credbroker.sock</c>, <c>https://broker.example.org:8443</c> or
    /// <c>http://127.0.0.1:8080</c>.
    /// </summary>
    /// <param name="text">The address. A relative socket path is taken from the current folder.</param>
    /// <param name="address">The address read.</param>
    /// <param name="problem">What is wrong with it, in words that end a sentence "the address … ".</param>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out BrokerAddress? address, [NotNullWhen(false)] out string? problem)
    {
        address = null;
        if (string.IsNullOrWhiteSpace(text)) problem = "is empty";
        else if (text.StartsWith("unix:", StringComparison.Ordinal)) problem = ReadSocket(text["unix:".Length..], out address);
        else problem = ReadOrigin(text, out address);
        return address is not null;
    }

    /// <summary>The text that <see cref="TryParse"/> reads.</summary>
    public override string ToString() => SocketPath is null ? Origin.GetLeftPart(UriPartial.Authority) : $"unix:{SocketPath}";

    private static string? ReadSocket(string path, out BrokerAddress? address)
    {
        address = null;
        if (path.StartsWith("//", StringComparison.Ordinal))
        {
            path = path[2..];
            if (!path.StartsWith('/')) return "has two slashes before a path that is not absolute";
        }

        if (path.Length == 0) return "names no socket";
        if (path.Contains('\0', StringComparison.Ordinal)) return "has a NUL character";
        var full = Path.GetFullPath(path);
        if (full.EndsWith('/')) return "is a folder";
        if (Encoding.UTF8.GetByteCount(full) > MaxSocketPathBytes) return $"is longer than {MaxSocketPathBytes} bytes";
        address = new BrokerAddress(full, new Uri("http://localhost"));
        return null;
    }

    private static string? ReadOrigin(string text, out BrokerAddress? address)
    {
        address = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0) return "is neither unix:/path nor https://host:port";
        if (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp) return "is neither unix:/path nor https://host:port";
        if (uri.UserInfo.Length > 0 || uri.PathAndQuery != "/" || uri.Fragment.Length > 0) return "has more than scheme, host and port";
        // Without TLS an identity token would cross the network in the clear; its proof would not save what else is said.
        if (uri.Scheme == Uri.UriSchemeHttp && !IsLoopback(uri)) return "uses http:// for a host that is not loopback";
        address = new BrokerAddress(null, new Uri(uri.GetLeftPart(UriPartial.Authority)));
        return null;
    }

    private static bool IsLoopback(Uri uri) =>
        uri.Host == "localhost" || (IPAddress.TryParse(uri.DnsSafeHost, out var ip) && IPAddress.IsLoopback(ip));
}
