using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace CredBroker.Client;

/// <summary>Makes the HTTP handler of a connection.</summary>
internal static class ConnectionHandler
{
    public static SocketsHttpHandler Create(BrokerAddress address, ConnectionOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            // A proxy or a redirect could only be a way to somebody else.
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            // Notices a peer that vanished without a word; gRPC's own keepalive default for active calls is of this order.
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        if (address.SocketPath is { } path) handler.ConnectCallback = (_, ct) => ConnectAsync(path, ct);
        if (address.IsTls) Secure(handler.SslOptions, options);
        return handler;
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken ct)
    {
#pragma warning disable CA2000 // The stream owns the socket, and is the caller's.
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
#pragma warning restore CA2000
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void Secure(SslClientAuthenticationOptions tls, ConnectionOptions options)
    {
        if (options.ClientCertificate is { } certificate)
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, options.ClientChain, offline: true);
        if (options.TrustedRoots is not { } roots) return;

        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            // A private root has no revocation service that a client could ask.
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(roots);
        tls.CertificateChainPolicy = policy;
    }
}
