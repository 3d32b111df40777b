namespace CredBroker.Core.Identity;

/// <summary>Why a certificate was refused as an X.509-SVID (X509-SVID sections 2 to 5).</summary>
public enum X509SvidRefusal
{
    /// <summary>An extension that we read cannot be decoded, or occurs twice.</summary>
    Malformed = 1,

    /// <summary>No URI among the subject alternative names.</summary>
    NoUri,

    /// <summary>More than one URI: a certificate says one identity, or none.</summary>
    SeveralUris,

    /// <summary>The URI is no SPIFFE ID of a workload: also the ID of a trust domain itself, which has no path.</summary>
    NoSpiffeId,

    /// <summary>A certification authority's certificate: it signs, it never authenticates.</summary>
    Authority,

    /// <summary>
    /// Key usage is missing or not critical, lacks <c>digitalSignature</c>, or has <c>keyCertSign</c> or <c>cRLSign</c>.
    /// </summary>
    KeyUsage,

    /// <summary>Extended key usage is present and lacks client authentication.</summary>
    ExtendedKeyUsage,

    /// <summary>We have no roots for the trust domain that it claims.</summary>
    UnknownTrustDomain,

    /// <summary><c>notBefore</c> is ahead.</summary>
    NotYetValid,

    /// <summary><c>notAfter</c> is past.</summary>
    Expired,

    /// <summary>It does not lead to a root of its own trust domain: see <see cref="X509SvidOutcome.Refused.ChainStatus"/>.</summary>
    Chain,
}
