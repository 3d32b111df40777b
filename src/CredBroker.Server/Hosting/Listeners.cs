using System.Net;
using CredBroker.Server.Attestation;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace CredBroker.Server.Hosting;

/// <summary>What the process listens on. TLS is required everywhere but on loopback and on the Unix socket.</summary>
internal static class Listeners
{
    // Concurrent calls of one caller share one connection; Kestrel's default of 100 would queue them.
    private const int StreamsPerConnection = 1_000;

    /// <summary>Sets Kestrel up.</summary>
    /// <exception cref="StartException">An address is not one, or has no TLS and is not loopback.</exception>
    public static void Configure(KestrelServerOptions kestrel, BrokerOptions options, ClientCertificates certificates)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null;   // gRPC bodies are bounded by message, before they are read
        kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsPerConnection;
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);

        if (options.UnixSocket is { } path)
        {
            kestrel.ListenUnixSocket(path, listener =>
            {
                listener.Protocols = HttpProtocols.Http2;
                listener.UseUnixPeers();
            });
        }

        foreach (var address in options.Listen) Listen(kestrel, address, certificates, web: false);
        foreach (var address in options.WebListen) Listen(kestrel, address, certificates, web: true);
    }

    private static void Listen(KestrelServerOptions kestrel, string address, ClientCertificates certificates, bool web)
    {
        var (tls, endpoint) = Parse(address);
        if (!tls && !IPAddress.IsLoopback(endpoint.Address))
            throw new StartException($"{address} would speak without TLS to the network", "use https:// with TlsCertificateFile and TlsKeyFile, or a loopback address");
        if (tls && !certificates.HasServerCertificate)
            throw new StartException($"{address} needs a server certificate", "set TlsCertificateFile and TlsKeyFile to PEM files");

        kestrel.Listen(endpoint, listener =>
        {
            listener.Protocols = tls ? HttpProtocols.Http1AndHttp2 : web ? HttpProtocols.Http1 : HttpProtocols.Http2;
            if (tls) certificates.UseOn(listener);
        });
    }

    private static (bool Tls, IPEndPoint Endpoint) Parse(string address)
    {
        var tls = address.StartsWith("https://", StringComparison.Ordinal);
        var rest = tls ? address[8..] : address.StartsWith("http://", StringComparison.Ordinal) ? address[7..] : null;
        if (rest is not null && rest.StartsWith("localhost:", StringComparison.Ordinal)) rest = $"127.0.0.1{rest[9..]}";
        return rest is not null && IPEndPoint.TryParse(rest, out var endpoint)
            ? (tls, endpoint)
            : throw new StartException($"{address} is not an address to listen on", "write https://ADDRESS:PORT with an IP address, or http:// for loopback");
    }
}
