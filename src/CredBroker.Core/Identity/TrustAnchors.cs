using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CredBroker.Core.Identity;

/// <summary>
/// The root certificates of one trust domain: what X.509-SVIDs of that domain must lead to. Read from a SPIFFE bundle
/// (<see cref="JwkSet.TrustAnchors"/>) or from PEM. Immutable, thread-safe.
/// </summary>
/// <remarks>The platform takes only self-signed certificates as roots, which is what SPIFFE says they should be.</remarks>
public sealed class TrustAnchors
{
    private const int MaxCertificates = 64;
    private const int MaxPemLength = 1024 * 1024;

    internal TrustAnchors(ImmutableArray<X509Certificate2> certificates) => Certificates = certificates;

    /// <summary>No roots: every certificate is refused.</summary>
    public static TrustAnchors None { get; } = new([]);

    /// <summary>The roots. Shared: do not dispose them.</summary>
    public ImmutableArray<X509Certificate2> Certificates { get; }

    /// <summary>
    /// Reads 1 to 64 CERTIFICATE blocks of PEM (RFC 7468), at most 1 MiB. Refuses other blocks (a private key does not belong there)
    /// and certificates that are no certification authority; text between blocks is ignored.
    /// </summary>
    public static bool TryParsePem(ReadOnlySpan<char> pem, [NotNullWhen(true)] out TrustAnchors? anchors)
    {
        anchors = null;
        if (pem.Length > MaxPemLength) return false;
        var certificates = ImmutableArray.CreateBuilder<X509Certificate2>();
        while (PemEncoding.TryFind(pem, out var fields))
        {
            var der = new byte[fields.DecodedDataLength];
            if (certificates.Count == MaxCertificates
                || !pem[fields.Label].SequenceEqual("CERTIFICATE")
                || !Convert.TryFromBase64Chars(pem[fields.Base64Data], der, out _)
                || !TryLoad(der, out var certificate))
            {
                return false;
            }
            certificates.Add(certificate);
            pem = pem[fields.Location.End..];
        }
        // A block that is cut short would else be skipped like the text between blocks.
        if (certificates.Count == 0 || pem.Contains("-----BEGIN", StringComparison.Ordinal)) return false;
        anchors = new(certificates.ToImmutable());
        return true;
    }

    /// <summary>Loads exactly one DER certificate that may sign others.</summary>
    internal static bool TryLoad(byte[] der, [NotNullWhen(true)] out X509Certificate2? authority)
    {
        authority = null;
        X509Certificate2? loaded = null;
        try
        {
            loaded = X509CertificateLoader.LoadCertificate(der);
            // The loader also takes PEM and ignores what follows the certificate.
            if (!loaded.RawDataMemory.Span.SequenceEqual(der) || !MaySign(loaded)) return false;
            authority = loaded;
            loaded = null;
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            loaded?.Dispose();
        }
    }

    private static bool MaySign(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(basic => basic.CertificateAuthority)
        && certificate.Extensions.OfType<X509KeyUsageExtension>().All(usage => usage.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign));
}
