using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CredBroker.Server;
using CredBroker.Server.Attestation;
using CredBroker.Tests.Identity;
using Microsoft.Extensions.Logging.Abstractions;

namespace CredBroker.Tests.Attestation;

public sealed class ServerCertificateTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cb-cert-").FullName;
    private readonly SteppedClock clock = new(ForgeJwt.Now);

    private string CertificateFile => Path.Combine(folder, "tls.crt");

    private string KeyFile => Path.Combine(folder, "tls.key");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_renewed_certificate_is_shown_at_the_next_handshake_after_a_second()
    {
        var first = Write("first");
        var server = Create();
        Assert.Equal(first, Shown(server));

        var second = Write("second");
        Assert.Equal(first, Shown(server));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(second, Shown(server));
    }

    [Fact]
    public void While_only_one_of_the_two_files_is_new_the_old_pair_stays()
    {
        var first = Write("first");
        var key = File.ReadAllText(KeyFile);
        var server = Create();

        var second = Write("second");
        var newKey = File.ReadAllText(KeyFile);
        File.WriteAllText(KeyFile, key);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(first, Shown(server));

        File.WriteAllText(KeyFile, newKey);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(second, Shown(server));
    }

    [Fact]
    public void A_broken_or_missing_file_does_not_stop_a_running_broker()
    {
        var first = Write("first");
        var server = Create();

        File.WriteAllText(CertificateFile, "-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----");
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(first, Shown(server));
        File.Delete(CertificateFile);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(first, Shown(server));
    }

    [Fact]
    public void Files_behind_a_link_are_renewed_by_turning_the_link()
    {
        // As Kubernetes mounts secrets: tls.crt -> ..data/tls.crt, and ..data is replaced.
        var mount = Directory.CreateDirectory(Path.Combine(folder, "mount")).FullName;
        var first = Write("first", Directory.CreateDirectory(Path.Combine(folder, "v1")).FullName);
        var second = Write("second", Directory.CreateDirectory(Path.Combine(folder, "v2")).FullName);
        Directory.CreateSymbolicLink(Path.Combine(mount, "..data"), Path.Combine(folder, "v1"));
        foreach (var name in new[] { "tls.crt", "tls.key" })
            File.CreateSymbolicLink(Path.Combine(mount, name), Path.Combine("..data", name));
        var server = new ServerCertificate(Path.Combine(mount, "tls.crt"), Path.Combine(mount, "tls.key"), clock, NullLogger.Instance);
        Assert.Equal(first, Shown(server));

        Directory.Delete(Path.Combine(mount, "..data"));
        Directory.CreateSymbolicLink(Path.Combine(mount, "..data"), Path.Combine(folder, "v2"));
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(second, Shown(server));
    }

    [Fact]
    public void What_cannot_be_used_stops_the_start_with_a_hint()
    {
        Assert.Contains("PEM", Assert.Throws<StartException>(Create).Hint, StringComparison.Ordinal);
        Write("first");
        File.WriteAllText(KeyFile, File.ReadAllText(CertificateFile));
        Assert.Throws<StartException>(Create);
    }

    private ServerCertificate Create() => new(CertificateFile, KeyFile, clock, NullLogger.Instance);

    private static string Shown(ServerCertificate server) => server.Current.TargetCertificate.Thumbprint;

    private string Write(string name, string? into = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(ForgeJwt.Now, ForgeJwt.Now.AddDays(1));
        File.WriteAllText(Path.Combine(into ?? folder, "tls.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(into ?? folder, "tls.key"), key.ExportPkcs8PrivateKeyPem());
        return certificate.Thumbprint;
    }
}
