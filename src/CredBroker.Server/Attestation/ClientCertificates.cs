using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Server.Storage;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace CredBroker.Server.Attestation;

/// <summary>
/// TLS of the broker's own ports: shows the server certificate, asks for a client certificate and takes a connection without one too, so
/// that callers with tokens share the port. A certificate that is shown must be an X.509-SVID that the catalog's roots vouch for.
/// </summary>
internal sealed class ClientCertificates(BrokerOptions options, LiveCatalog catalog, TimeProvider clock, ILogger<ClientCertificates> log)
{
    private static readonly object Key = new();

    private readonly ServerCertificate? server = options is { TlsCertificateFile: { } certificate, TlsKeyFile: { } key }
        ? new(certificate, key, clock, log)
        : null;

    /// <summary>False: nothing can be listened on with TLS.</summary>
    public bool HasServerCertificate => server is not null;

    /// <summary>The verified SVID of a request's connection at this moment; null when there is none, or it is none any more.</summary>
    public static X509SvidOutcome.Verified? Of(HttpContext http, CatalogSnapshot catalog, DateTimeOffset now) =>
        Check(http, catalog, now) as X509SvidOutcome.Verified;

    /// <summary>What the certificate of a request's connection is worth at this moment; null when it has none.</summary>
    public static X509SvidOutcome? Check(HttpContext http, CatalogSnapshot catalog, DateTimeOffset now)
    {
        object? held = null;
        _ = http.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(Key, out held);
        return (held as PeerCertificate)?.Check(catalog, now);
    }

    /// <summary>Makes a listener speak TLS.</summary>
    /// <exception cref="InvalidOperationException">There is no server certificate.</exception>
    public void UseOn(ListenOptions listener)
    {
        var shown = server ?? throw new InvalidOperationException("There is no server certificate.");
        listener.Use(next => connection => ReleaseAsync(connection, next));
        listener.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = handshake => ValueTask.FromResult(OptionsOf(handshake.Connection, shown.Current)),
        });
    }

    private SslServerAuthenticationOptions OptionsOf(ConnectionContext connection, SslStreamCertificateContext shown) => new()
    {
        ServerCertificateContext = shown,
        ClientCertificateRequired = true, // asks; the callback may do without
        AllowRenegotiation = false,
        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        // The platform builds a chain before it asks us: it must not download what the certificate points to.
        CertificateChainPolicy = new()
        {
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            TrustMode = X509ChainTrustMode.CustomRootTrust,
        },
        RemoteCertificateValidationCallback = (_, certificate, chain, _) => Accept(connection, certificate as X509Certificate2, chain),
    };

    // Also called for resumed sessions, so that a change of the catalog bites at the next handshake at the latest.
    private bool Accept(ConnectionContext connection, X509Certificate2? certificate, X509Chain? chain)
    {
        if (certificate is null)
            return true;

        var peer = new PeerCertificate(certificate, chain?.ChainPolicy.ExtraStore ?? []);
        connection.Items[Key] = peer;
        if (peer.Check(catalog.Current, clock.GetUtcNow()) is not X509SvidOutcome.Refused refused)
            return true;
        log.ClientCertificateRefused(refused.Reason, refused.ChainStatus == X509ChainStatusFlags.NoError ? "" : refused.ChainStatus.ToString());
        return false;
    }

    private static async Task ReleaseAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        try
        {
            await next(connection);
        }
        finally
        {
            if (connection.Items.TryGetValue(Key, out var held))
                (held as PeerCertificate)?.Dispose();
        }
    }
}
