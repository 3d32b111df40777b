using CredBroker.Core;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using Microsoft.AspNetCore.Http;

namespace CredBroker.Server.Attestation;

/// <summary>Evidence of kind <c>x509_peer</c>: the X.509-SVID that the connection was made with.</summary>
internal static class X509Evidence
{
    /// <summary>The name of this kind in the record.</summary>
    public const string Kind = "x509_peer";

    /// <summary>Checks the certificate of the connection again, at this moment and under this catalog.</summary>
    public static EvidenceReading Read(HttpContext http, CatalogSnapshot snapshot, DateTimeOffset now) =>
        ClientCertificates.Check(http, snapshot, now) switch
        {
            X509SvidOutcome.Verified verified => new EvidenceReading.Verified(
                new AttestedPeer.X509(verified.SpiffeId), verified.ExpiresAt,
                new(Kind, [("spiffe_id", verified.SpiffeId.ToString()), ("certificate", verified.Thumbprint.ToString())])),
            X509SvidOutcome.Refused refused => new EvidenceReading.Refused(
                new(ReasonOf(refused, snapshot.Catalog), Detail: $"{refused.Reason} {refused.ChainStatus}"), new(Kind, [])),
            _ => new EvidenceReading.Refused(new(Reason.NoPeerEvidence, Detail: "no client certificate"), new(Kind, [])),
        };

    private static Reason ReasonOf(X509SvidOutcome.Refused refused, BrokerCatalog catalog) => refused.Reason switch
    {
        // Declared, but not with roots: what it vouches with is something else.
        X509SvidRefusal.UnknownTrustDomain when refused.TrustDomain is { } domain && catalog.TrustDomains.ContainsKey(domain) =>
            Reason.EvidenceKindNotAllowed,
        X509SvidRefusal.UnknownTrustDomain => Reason.UnknownTrustDomain,
        X509SvidRefusal.Expired => Reason.EvidenceExpired,
        X509SvidRefusal.NotYetValid => Reason.EvidenceNotYetValid,
        X509SvidRefusal.Chain => Reason.BadSignature,
        _ => Reason.EvidenceMalformed,
    };
}
