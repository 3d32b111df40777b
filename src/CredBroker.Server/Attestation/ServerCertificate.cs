using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace CredBroker.Server.Attestation;

/// <summary>
/// The certificate that the broker shows: read again when a file changes, without a restart and without dropping a connection. Looked
/// for at handshakes, at most once a second.
/// </summary>
internal sealed class ServerCertificate
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);
    private readonly string certificateFile;
    private readonly string keyFile;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly Lock gate = new();
    private Loaded loaded;
    private long looked;

    /// <summary>Reads the certificate.</summary>
    /// <param name="certificateFile">PEM: the certificate, then its intermediates.</param>
    /// <param name="keyFile">PEM: its private key, not encrypted.</param>
    /// <param name="clock">The one clock.</param>
    /// <param name="log">Says when it changes.</param>
    /// <exception cref="StartException">It cannot be used.</exception>
    public ServerCertificate(string certificateFile, string keyFile, TimeProvider clock, ILogger log)
    {
        (this.certificateFile, this.keyFile, this.clock, this.log) = (certificateFile, keyFile, clock, log);
        looked = clock.GetTimestamp();
        loaded = Load(out var failure)
            ?? throw new StartException($"the server certificate cannot be used: {failure}", "set TlsCertificateFile and TlsKeyFile to PEM files that belong together");
    }

    /// <summary>For the next handshake.</summary>
    public SslStreamCertificateContext Current
    {
        get
        {
            lock (gate)
            {
                if (clock.GetElapsedTime(looked) >= ShortestInterval)
                    Look();
                return loaded.Context;
            }
        }
    }

    private void Look()
    {
        looked = clock.GetTimestamp();
        // Links are followed: Kubernetes replaces both files by turning one link.
        if (KeyOf(certificateFile) == loaded.Certificate && KeyOf(keyFile) == loaded.Key)
            return;
        // While only one of the two files is new they do not fit; the next look finds both. The old context is not disposed:
        // a handshake may be using it.
        if (Load(out var failure) is { } fresh)
            loaded = fresh;
        else
            log.ServerCertificateUnusable(failure);
    }

    private Loaded? Load(out string failure)
    {
        try
        {
            var (certificateState, keyState) = (KeyOf(certificateFile), KeyOf(keyFile));
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificateFile);
            var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            log.ServerCertificateLoaded(certificate.Subject, certificate.NotAfter.ToUniversalTime());
            failure = "";
            return new(SslStreamCertificateContext.Create(certificate, chain, offline: true), certificateState, keyState);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            failure = e.Message;
            return null;
        }
    }

    private static FileKey? KeyOf(string file) => NativeMethods.StatusOf(file, followLink: true)?.Key;

    private sealed record Loaded(SslStreamCertificateContext Context, FileKey? Certificate, FileKey? Key);
}
