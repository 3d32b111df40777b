using System.Security.Cryptography.X509Certificates;

namespace CredBroker.Client;

/// <summary>How to reach a broker. The defaults suit a Unix socket and an origin with a publicly trusted certificate.</summary>
public sealed class ConnectionOptions
{
    /// <summary>
    /// Certificate with private key to present (RFC 8705, X.509-SVID); null: none. It is also what identity tokens and minted tokens
    /// are bound to then. The connection does not dispose of it.
    /// </summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Intermediates to send with <see cref="ClientCertificate"/>.</summary>
    public X509Certificate2Collection? ClientChain { get; init; }

    /// <summary>The only roots to trust for the broker's certificate; null: the system's.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    /// <summary>
    /// How long a call without a deadline of its own may take: more than zero. 30 s by default: three times the broker's own bound
    /// for a call, so that it is the broker that gives up first.
    /// </summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock for proofs, renewals and waits.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
