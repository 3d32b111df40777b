using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CredBroker.Core.Identity;

namespace CredBroker.Tests.Identity;

public sealed class X509SvidTests
{
    private static readonly DateTimeOffset Now = ForgeAuthority.Now;
    private static readonly ForgeAuthority Root = ForgeAuthority.Root("example.org");
    private static readonly ForgeAuthority OtherRoot = ForgeAuthority.Root("other.org");
    private static readonly Dictionary<TrustDomain, TrustAnchors> Anchors = new()
    {
        [Domain("example.org")] = Root.Anchors,
        [Domain("other.org")] = OtherRoot.Anchors,
        [Domain("empty.org")] = TrustAnchors.None,
    };

    [Fact]
    public void A_good_svid_is_verified()
    {
        using var leaf = new ForgeSvid().Issue(Root);
        var verified = Assert.IsType<X509SvidOutcome.Verified>(X509Svid.Verify(leaf, [], Anchors, Now));
        Assert.Equal("spiffe://example.org/agent", verified.SpiffeId.ToString());
        Assert.Equal(CertificateThumbprint.Of(leaf.RawData), verified.Thumbprint);
        Assert.Equal(Now.AddHours(1), verified.ExpiresAt);
        // Nothing that belongs to the caller was disposed on the way.
        Assert.Equal(verified, X509Svid.Verify(leaf, [], Anchors, Now));
        Assert.True(leaf.HasPrivateKey);
    }

    [Fact]
    public void Intermediates_lead_to_the_root()
    {
        var intermediate = Root.Intermediate("example.org");
        var lower = intermediate.Intermediate("example.org");
        using var leaf = new ForgeSvid().Issue(lower);
        Assert.IsType<X509SvidOutcome.Verified>(X509Svid.Verify(leaf, [lower.Certificate, intermediate.Certificate], Anchors, Now));
        Assert.IsType<X509SvidOutcome.Verified>(X509Svid.Verify(
            leaf, [intermediate.Certificate, OtherRoot.Certificate, leaf, lower.Certificate], Anchors, Now));
        Refuses(X509SvidRefusal.Chain, X509Svid.Verify(leaf, [lower.Certificate], Anchors, Now));
        Refuses(X509SvidRefusal.Chain, X509Svid.Verify(leaf, [], Anchors, Now));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rsa_and_absent_optional_extensions_are_fine(bool rsa)
    {
        Verifies(new ForgeSvid { Key = rsa ? ForgeKeys.Rsa : ForgeKeys.P384 });
        Verifies(new ForgeSvid { ExtendedKeyUsage = null, Authority = null });
        Verifies(new ForgeSvid { ExtendedKeyUsage = [ForgeSvid.ClientAuthentication] });
        Verifies(new ForgeSvid { Dns = "agent.example.org" });
        Verifies(new ForgeSvid { KeyUsage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment });
    }

    [Fact]
    public void There_is_exactly_one_uri()
    {
        Refuses(X509SvidRefusal.NoUri, new ForgeSvid { Uris = [] });
        Refuses(X509SvidRefusal.NoUri, new ForgeSvid { Uris = [], Dns = "spiffe://example.org/agent" });
        Refuses(X509SvidRefusal.SeveralUris, new ForgeSvid { Uris = ["spiffe://example.org/agent", "spiffe://example.org/root"] });
        Refuses(X509SvidRefusal.SeveralUris, new ForgeSvid { Uris = ["spiffe://example.org/agent", "https://example.org"] });
        Refuses(X509SvidRefusal.SeveralUris, new ForgeSvid { Uris = ["spiffe://example.org/agent", "spiffe://example.org/agent"] });
    }

    [Theory]
    [InlineData("spiffe://example.org")]
    [InlineData("spiffe://example.org/")]
    [InlineData("spiffe://EXAMPLE.org/agent")]
    [InlineData("spiffe://example.org/a/../b")]
    [InlineData("spiffe://example.org/%61gent")]
    [InlineData("spiffe://example.org/agent\0")]
    [InlineData("https://example.org/agent")]
    [InlineData("")]
    public void The_uri_is_a_workloads_spiffe_id(string uri) => Refuses(X509SvidRefusal.NoSpiffeId, new ForgeSvid { Uris = [uri] });

    [Fact]
    public void A_second_names_extension_or_a_broken_one_is_malformed()
    {
        // The platform makes no certificate with two of one extension, so an issuer's alternative name (2.5.29.18) is turned into one.
        var second = new X509Extension("2.5.29.18", ForgeSvid.Names(false, "spiffe://example.org/root").RawData, false);
        using var one = new ForgeSvid { More = [second] }.Issue(Root);
        var der = one.RawData;
        der[der.AsSpan().IndexOf((byte[])[0x06, 0x03, 0x55, 0x1D, 0x12]) + 4] = 0x11;
        using var two = X509CertificateLoader.LoadCertificate(der);
        Refuses(X509SvidRefusal.Malformed, X509Svid.Verify(two, [], Anchors, Now));
        foreach (var broken in (byte[][])[[], [0x30], [0x30, 0x80, 0x00, 0x00], [0x04, 0x00], [0x30, 0x00, 0x00], [0x30, 0x03, 0x86, 0x01, 0xC3]])
        {
            Refuses(X509SvidRefusal.Malformed, new ForgeSvid { Uris = [], More = [new X509Extension("2.5.29.17", broken, false)] });
        }
        Refuses(X509SvidRefusal.Malformed, new ForgeSvid { Authority = null, More = [new X509Extension("2.5.29.19", [0x31], true)] });
        Refuses(X509SvidRefusal.Malformed, new ForgeSvid { KeyUsage = null, More = [new X509Extension("2.5.29.15", [0x00], true)] });
    }

    [Fact]
    public void An_authority_is_never_a_caller()
    {
        Refuses(X509SvidRefusal.Authority, new ForgeSvid { Authority = true });
        Refuses(X509SvidRefusal.NoSpiffeId, X509Svid.Verify(Root.Certificate, [], Anchors, Now));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(X509KeyUsageFlags.DigitalSignature, false)]
    [InlineData(X509KeyUsageFlags.KeyAgreement | X509KeyUsageFlags.NonRepudiation, true)]
    [InlineData(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign, true)]
    [InlineData(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.CrlSign, true)]
    public void Key_usage_is_critical_and_for_signatures_only(X509KeyUsageFlags? usage, bool critical) =>
        Refuses(X509SvidRefusal.KeyUsage, new ForgeSvid { Key = ForgeKeys.Rsa, KeyUsage = usage, KeyUsageCritical = critical });

    [Fact]
    public void Extended_key_usage_includes_clients() =>
        Refuses(X509SvidRefusal.ExtendedKeyUsage, new ForgeSvid { ExtendedKeyUsage = [ForgeSvid.ServerAuthentication] });

    [Fact]
    public void Each_trust_domain_has_its_own_roots_only()
    {
        using var ofOther = new ForgeSvid().Issue(OtherRoot);
        Refuses(X509SvidRefusal.Chain, X509Svid.Verify(ofOther, [OtherRoot.Certificate], Anchors, Now));
        using var claimsOther = new ForgeSvid { Uris = ["spiffe://other.org/agent"] }.Issue(Root);
        Refuses(X509SvidRefusal.Chain, X509Svid.Verify(claimsOther, [Root.Certificate], Anchors, Now));
        using var ofNobody = new ForgeSvid { Uris = ["spiffe://nobody.org/agent"] }.IssuePublic(Root);
        Assert.Equal(
            new X509SvidOutcome.Refused(X509SvidRefusal.UnknownTrustDomain, TrustDomain: Domain("nobody.org")), X509Svid.Verify(ofNobody, [], Anchors, Now));
        Refuses(X509SvidRefusal.Chain, new ForgeSvid { Uris = ["spiffe://empty.org/agent"] });
    }

    [Fact]
    public void Self_signed_leaves_and_namesakes_of_the_root_are_refused()
    {
        using var self = new ForgeSvid().IssueSelfSigned();
        Refuses(X509SvidRefusal.Chain, X509Svid.Verify(self, [self], Anchors, Now));
        var namesake = ForgeAuthority.Root("example.org");
        using var leaf = new ForgeSvid().Issue(namesake);
        Refuses(X509SvidRefusal.Chain, X509Svid.Verify(leaf, [namesake.Certificate], Anchors, Now));
    }

    [Fact]
    public void Leaves_do_not_issue_leaves_and_path_lengths_hold()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issuer = new ForgeSvid { Key = key }.Issue(Root);
        var request = new CertificateRequest("CN=below", ForgeKeys.P256, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(ForgeSvid.Names(false, "spiffe://example.org/root"));
        using var below = request.Create(
            issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(key), Now.AddMinutes(-1), Now.AddMinutes(1), [1, 2, 3]);
        Refuses(X509SvidRefusal.Chain, X509Svid.Verify(below, [issuer], Anchors, Now));

        var first = Root.Intermediate("example.org", pathLength: 0);
        var second = first.Intermediate("example.org");
        using var tooDeep = new ForgeSvid().Issue(second);
        Refuses(X509SvidRefusal.Chain, X509Svid.Verify(tooDeep, [first.Certificate, second.Certificate], Anchors, Now));
    }

    [Fact]
    public void A_changed_certificate_is_refused()
    {
        using var leaf = new ForgeSvid().Issue(Root);
        var der = leaf.RawData;
        der[^1] ^= 1;
        using var changed = X509CertificateLoader.LoadCertificate(der);
        Refuses(X509SvidRefusal.Chain, X509Svid.Verify(changed, [], Anchors, Now));
    }

    [Fact]
    public void Validity_is_that_of_the_given_time()
    {
        using var leaf = new ForgeSvid().Issue(Root);
        Refuses(X509SvidRefusal.NotYetValid, X509Svid.Verify(leaf, [], Anchors, Now.AddMinutes(-5).AddTicks(-1)));
        Assert.IsType<X509SvidOutcome.Verified>(X509Svid.Verify(leaf, [], Anchors, Now.AddMinutes(-5)));
        Assert.IsType<X509SvidOutcome.Verified>(X509Svid.Verify(leaf, [], Anchors, Now.AddHours(1).AddSeconds(-1)));
        Refuses(X509SvidRefusal.Expired, X509Svid.Verify(leaf, [], Anchors, Now.AddHours(1)));
    }

    [Fact]
    public void Expired_intermediates_and_roots_are_refused()
    {
        var intermediate = Root.Intermediate("example.org");
        using var leaf = new ForgeSvid { NotAfter = Now.AddYears(3) }.Issue(intermediate);
        Assert.IsType<X509SvidOutcome.Verified>(X509Svid.Verify(leaf, [intermediate.Certificate], Anchors, Now));
        var late = X509Svid.Verify(leaf, [intermediate.Certificate], Anchors, Now.AddDays(31));
        Assert.Equal(new X509SvidOutcome.Refused(X509SvidRefusal.Chain, X509ChainStatusFlags.NotTimeValid), late);
        using var underRoot = new ForgeSvid { NotAfter = Now.AddYears(3) }.Issue(Root);
        Refuses(X509SvidRefusal.Chain, X509Svid.Verify(underRoot, [], Anchors, Now.AddYears(2)));
    }

    [Fact]
    public void Unknown_critical_extensions_are_refused()
    {
        Refuses(X509SvidRefusal.Chain, new ForgeSvid { More = [new X509Extension("1.2.3.4.5", [5, 0], critical: true)] });
        Verifies(new ForgeSvid { More = [new X509Extension("1.2.3.4.5", [5, 0], critical: false)] });
    }

    [Fact]
    public void A_flood_of_intermediates_is_refused()
    {
        using var leaf = new ForgeSvid().Issue(Root);
        Refuses(X509SvidRefusal.Chain, X509Svid.Verify(leaf, [.. Enumerable.Repeat(OtherRoot.Certificate, 9)], Anchors, Now));
    }

    [Fact]
    public void Ten_thousand_damaged_certificates_never_throw_and_never_verify()
    {
        var mutations = new Mutations(10);
        using var leaf = new ForgeSvid().Issue(Root);
        var good = leaf.RawData;
        var loaded = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var damaged = mutations.DamageBytes(good);
            if (damaged.AsSpan().SequenceEqual(good)) continue;
            X509Certificate2 certificate;
            try
            {
                certificate = X509CertificateLoader.LoadCertificate(damaged);
            }
            catch (CryptographicException)
            {
                continue;
            }
            using (certificate)
            {
                loaded++;
                if (!certificate.RawData.AsSpan().SequenceEqual(good))
                {
                    Assert.IsType<X509SvidOutcome.Refused>(X509Svid.Verify(certificate, [], Anchors, Now));
                }
            }
        }
        Assert.InRange(loaded, 100, 9_999);
    }

    private static void Verifies(ForgeSvid svid)
    {
        using var leaf = svid.IssuePublic(Root);
        Assert.IsType<X509SvidOutcome.Verified>(X509Svid.Verify(leaf, [], Anchors, Now));
    }

    private static void Refuses(X509SvidRefusal expected, ForgeSvid svid)
    {
        using var leaf = svid.IssuePublic(Root);
        Refuses(expected, X509Svid.Verify(leaf, [], Anchors, Now));
    }

    private static void Refuses(X509SvidRefusal expected, X509SvidOutcome outcome) =>
        Assert.Equal(expected, Assert.IsType<X509SvidOutcome.Refused>(outcome).Reason);

    private static TrustDomain Domain(string name) => TrustDomain.TryParse(name, out var domain) ? domain : throw new ArgumentException(name);
}
