using System.Security.Cryptography.X509Certificates;

namespace CredBroker.Core.Identity;

/// <summary>What <see cref="X509Svid.Verify"/> found.</summary>
public abstract record X509SvidOutcome
{
    private X509SvidOutcome()
    {
    }

    /// <summary>The trust domain vouches for the ID. Whoever completed a TLS handshake with the certificate has its key.</summary>
    /// <param name="SpiffeId">The one ID in the certificate.</param>
    /// <param name="Thumbprint">For <c>cnf.x5t#S256</c> (RFC 8705).</param>
    /// <param name="ExpiresAt"><c>notAfter</c>: a connection outlives it, so it is to be compared at each request.</param>
    public sealed record Verified(SpiffeId SpiffeId, CertificateThumbprint Thumbprint, DateTimeOffset ExpiresAt) : X509SvidOutcome;

    /// <summary>The certificate proves nothing.</summary>
    /// <param name="Reason">The first thing that was wrong.</param>
    /// <param name="ChainStatus">With <see cref="X509SvidRefusal.Chain"/>: the platform's words for what exactly.</param>
    /// <param name="TrustDomain">With <see cref="X509SvidRefusal.UnknownTrustDomain"/>: the one that it claims.</param>
    public sealed record Refused(
        X509SvidRefusal Reason, X509ChainStatusFlags ChainStatus = X509ChainStatusFlags.NoError, TrustDomain? TrustDomain = null) : X509SvidOutcome;
}
