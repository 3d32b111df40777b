using System.Security.Cryptography;
using System.Text;
using CredBroker.Core.Identity;

namespace CredBroker.Tests.Identity;

public sealed class TrustAnchorsTests
{
    private static readonly ForgeAuthority One = ForgeAuthority.Root("example.org");
    private static readonly ForgeAuthority Two = ForgeAuthority.Root("example.org");
    private static readonly string OnePem = One.Certificate.ExportCertificatePem();

    [Fact]
    public void Pem_may_hold_several_roots_and_text_between()
    {
        Assert.True(TrustAnchors.TryParsePem($"# first\n{OnePem}\n\nsecond:\r\n{Two.Certificate.ExportCertificatePem()}\n", out var anchors));
        Assert.Equal([One.Certificate.Thumbprint, Two.Certificate.Thumbprint], anchors.Certificates.Select(root => root.Thumbprint));
    }

    [Fact]
    public void What_is_not_only_roots_is_refused()
    {
        using var leaf = new ForgeSvid().Issue(One);
        string[] bad =
        [
            "", "no pem", OnePem + leaf.ExportCertificatePem(), OnePem + One.Key.ExportPkcs8PrivateKeyPem(), OnePem + OnePem[..^20],
            OnePem.Replace("CERTIFICATE", "X509 CRL", StringComparison.Ordinal),
            PemEncoding.WriteString("CERTIFICATE", [1, 2, 3]),
            PemEncoding.WriteString("CERTIFICATE", [.. One.Certificate.RawData, 0]),
            PemEncoding.WriteString("CERTIFICATE", Encoding.ASCII.GetBytes(OnePem)),
            string.Concat(Enumerable.Repeat(OnePem + "\n", 65)),
            OnePem + new string(' ', 1024 * 1024),
        ];
        foreach (var pem in bad) Assert.False(TrustAnchors.TryParsePem(pem, out _), pem[..Math.Min(200, pem.Length)]);
    }

    [Fact]
    public void A_spiffe_bundle_holds_roots_beside_keys()
    {
        using var leaf = new ForgeSvid().Issue(One);
        var leafJwk = One.SvidJwk.Replace(
            Convert.ToBase64String(One.Certificate.RawData), Convert.ToBase64String(leaf.RawData), StringComparison.Ordinal);
        var spaced = One.SvidJwk.Replace("\"x5c\":[\"", "\"x5c\":[\" ", StringComparison.Ordinal);
        var set = ForgeJwt.Read(ForgeKeys.Set(
            One.SvidJwk, leafJwk, ForgeKeys.Jwk(ForgeKeys.P256, "\"kid\":\"a\",\"use\":\"jwt-svid\""), spaced, Two.SvidJwk));

        Assert.Equal([One.Certificate.Thumbprint, Two.Certificate.Thumbprint], set.TrustAnchors.Certificates.Select(root => root.Thumbprint));
        Assert.Equal([1, 3], set.Skipped.Select(skipped => skipped.Index));
        Assert.All(set.Skipped, skipped => Assert.Equal(SkipReason.NoTrustAnchor, skipped.Reason));
        Assert.Equal("a", Assert.Single(set.KeyIds));
    }

    [Fact]
    public void Two_thousand_damaged_pems_never_throw()
    {
        var mutations = new Mutations(11);
        for (var i = 0; i < 2_000; i++) _ = TrustAnchors.TryParsePem(mutations.Damage(OnePem), out _);
        for (var i = 0; i < 2_000; i++) _ = TrustAnchors.TryLoad(mutations.DamageBytes(One.Certificate.RawData), out _);
    }
}
