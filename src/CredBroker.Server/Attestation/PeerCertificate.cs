using System.Security.Cryptography.X509Certificates;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;

namespace CredBroker.Server.Attestation;

/// <summary>
/// The certificate that the other end of a TLS connection proved to hold the key of. A connection outlives certificates and catalogs, so
/// what it is worth is asked at every request. Safe to share between the requests of a connection.
/// </summary>
internal sealed class PeerCertificate : IDisposable
{
    // A verified chain is taken for good this long: an intermediate may expire before the leaf does.
    private static readonly TimeSpan VerdictLife = TimeSpan.FromMinutes(1);

    private readonly X509Certificate2 leaf;
    private readonly List<X509Certificate2> intermediates;
    private volatile Verdict? last;

    /// <summary>Copies what the handshake will take back.</summary>
    public PeerCertificate(X509Certificate2 leaf, X509Certificate2Collection intermediates)
    {
        this.leaf = X509CertificateLoader.LoadCertificate(leaf.RawData);
        this.intermediates = [.. intermediates.Select(certificate => X509CertificateLoader.LoadCertificate(certificate.RawData))];
    }

    /// <summary>What the certificate is worth at this moment under this catalog.</summary>
    public X509SvidOutcome Check(CatalogSnapshot catalog, DateTimeOffset now)
    {
        if (last is { } known && ReferenceEquals(known.Catalog, catalog) && known.Outcome is X509SvidOutcome.Verified verified
            && now <= verified.ExpiresAt && now >= known.At && now - known.At < VerdictLife)
            return verified;

        var outcome = X509Svid.Verify(leaf, intermediates, TrustMaterial.Of(catalog).Anchors, now);
        last = new(catalog, outcome, now);
        return outcome;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        leaf.Dispose();
        intermediates.ForEach(certificate => certificate.Dispose());
    }

    private sealed record Verdict(CatalogSnapshot Catalog, X509SvidOutcome Outcome, DateTimeOffset At);
}
