using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CredBroker.Core.Identity;

namespace CredBroker.Tests.Identity;

/// <summary>A certification authority for tests: a self-signed root, or an intermediate under another one.</summary>
public sealed class ForgeAuthority
{
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1792497600);

    private static int count;

    private readonly DateTimeOffset around;

    private ForgeAuthority(ECDsa key, X509Certificate2 certificate, DateTimeOffset around) =>
        (Key, Certificate, this.around) = (key, certificate, around);

    public ECDsa Key { get; }

    /// <summary>Without its private key.</summary>
    public X509Certificate2 Certificate { get; }

    public TrustAnchors Anchors => TrustAnchors.TryParsePem(Certificate.ExportCertificatePem(), out var anchors)
        ? anchors
        : throw new InvalidOperationException("no anchors");

    /// <summary>The bundle entry of a SPIFFE bundle.</summary>
    public string SvidJwk => $$"""{"use":"x509-svid","kty":"EC","x5c":["{{Convert.ToBase64String(Certificate.RawData)}}"]}""";

    /// <param name="trustDomain">In its name and its SPIFFE ID.</param>
    /// <param name="pathLength">Of its basic constraints; null: none.</param>
    /// <param name="around">A moment at which it is valid; null: <see cref="Now"/>.</param>
    public static ForgeAuthority Root(string trustDomain, int? pathLength = null, DateTimeOffset? around = null)
    {
        var now = around ?? Now;
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(key, $"CN=Root of {trustDomain}", trustDomain, pathLength);
        using var certificate = request.CreateSelfSigned(now.AddYears(-1), now.AddYears(1));
        return new(key, X509CertificateLoader.LoadCertificate(certificate.RawData), now);
    }

    public ForgeAuthority Intermediate(string trustDomain, int? pathLength = null)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // Of its own name: two authorities of one name in a chain look like one that signed itself.
        var request = Request(key, $"CN=Intermediate {Interlocked.Increment(ref count)} of {trustDomain}", trustDomain, pathLength);
        return new(key, Sign(request, around.AddDays(-30), around.AddDays(30)), around);
    }

    /// <summary>Signs anything, in this authority's name.</summary>
    public X509Certificate2 Sign(CertificateRequest request, DateTimeOffset notBefore, DateTimeOffset notAfter) => request.Create(
        Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(Key), notBefore, notAfter, RandomNumberGenerator.GetBytes(8));

    private static CertificateRequest Request(ECDsa key, string subject, string trustDomain, int? pathLength)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, pathLength is not null, pathLength ?? 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(ForgeSvid.Names(critical: false, $"spiffe://{trustDomain}"));
        return request;
    }
}
