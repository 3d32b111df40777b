using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CredBroker.Tests.Catalog;

/// <summary>Key sets and bundles that catalogs of the tests refer to, made once.</summary>
internal static class TrustFiles
{
    public static byte[] KeysJson { get; } = MakeKeys();

    public static byte[] BundlePem { get; } = MakeBundle();

    private static byte[] MakeKeys()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var q = key.ExportParameters(false).Q;
        return Encoding.UTF8.GetBytes($$"""
            {"keys":[{"kty":"EC","crv":"P-256","use":"jwt-svid","kid":"one","x":"{{Url(q.X!)}}","y":"{{Url(q.Y!)}}"}]}
            """);
    }

    private static byte[] MakeBundle()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=example.test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        var from = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var certificate = request.CreateSelfSigned(from, from.AddYears(10));
        return Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n");
    }

    private static string Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
