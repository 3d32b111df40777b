using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CredBroker.Tests.Identity;

/// <summary>Makes X.509-SVIDs part by part, so that each can be wrong. The default is a good one of <c>spiffe://example.org/agent</c>.</summary>
public sealed record ForgeSvid
{
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    public IReadOnlyList<string> Uris { get; init; } = ["spiffe://example.org/agent"];

    public string? Dns { get; init; }

    public DateTimeOffset NotBefore { get; init; } = ForgeAuthority.Now.AddMinutes(-5);

    public DateTimeOffset NotAfter { get; init; } = ForgeAuthority.Now.AddHours(1);

    /// <summary><see langword="null"/>: no basic constraints at all.</summary>
    public bool? Authority { get; init; } = false;

    /// <summary><see langword="null"/>: no key usage at all.</summary>
    public X509KeyUsageFlags? KeyUsage { get; init; } = X509KeyUsageFlags.DigitalSignature;

    public bool KeyUsageCritical { get; init; } = true;

    /// <summary>Object identifiers; <see langword="null"/>: no extended key usage at all.</summary>
    public IReadOnlyList<string>? ExtendedKeyUsage { get; init; } = [ServerAuthentication, ClientAuthentication];

    /// <summary>Further extensions, good or bad.</summary>
    public IReadOnlyList<X509Extension> More { get; init; } = [];

    /// <summary>The key of the leaf; a new P-256 one by default.</summary>
    public AsymmetricAlgorithm Key { get; init; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The certificate, with its private key.</summary>
    public X509Certificate2 Issue(ForgeAuthority authority)
    {
        using var certificate = IssuePublic(authority);
        return Key is RSA rsa ? certificate.CopyWithPrivateKey(rsa) : certificate.CopyWithPrivateKey((ECDsa)Key);
    }

    /// <summary>The certificate alone, as the verifier sees it; extensions may be broken.</summary>
    public X509Certificate2 IssuePublic(ForgeAuthority authority) => authority.Sign(Request(), NotBefore, NotAfter);

    /// <summary>The certificate, signed with its own key.</summary>
    public X509Certificate2 IssueSelfSigned() => Request().CreateSelfSigned(NotBefore, NotAfter);

    /// <summary>A subject alternative name with any number of URIs, as raw as they come.</summary>
    public static X509Extension Names(bool critical, params IReadOnlyList<string> uris) => Names(critical, uris, dns: null);

    private static X509Extension Names(bool critical, IReadOnlyList<string> uris, string? dns)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            if (dns is not null) writer.WriteCharacterString(UniversalTagNumber.IA5String, dns, new Asn1Tag(TagClass.ContextSpecific, 2));
            foreach (var uri in uris) writer.WriteCharacterString(UniversalTagNumber.IA5String, uri, new Asn1Tag(TagClass.ContextSpecific, 6));
        }
        return new X509Extension("2.5.29.17", writer.Encode(), critical);
    }

    private CertificateRequest Request()
    {
        const string subject = "O=CredBroker tests";
        var request = Key is RSA rsa
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, (ECDsa)Key, HashAlgorithmName.SHA256);
        var extensions = request.CertificateExtensions;
        if (Authority is { } authority) extensions.Add(new X509BasicConstraintsExtension(authority, false, 0, critical: true));
        if (KeyUsage is { } usage) extensions.Add(new X509KeyUsageExtension(usage, KeyUsageCritical));
        if (ExtendedKeyUsage is { } purposes)
        {
            var oids = new OidCollection();
            foreach (var purpose in purposes) oids.Add(new Oid(purpose));
            extensions.Add(new X509EnhancedKeyUsageExtension(oids, critical: false));
        }
        if (Uris.Count > 0 || Dns is not null) extensions.Add(Names(critical: false, Uris, Dns));
        foreach (var extension in More) extensions.Add(extension);
        return request;
    }
}
