using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CredBroker.Core.Identity;

/// <summary>
/// Verifies client certificates as X.509-SVIDs (SPIFFE X509-SVID): exactly one SPIFFE ID, leaf rules, and a chain to a root of
/// <b>that ID's own</b> trust domain. Nothing is downloaded and no revocation list is asked: SVIDs live for minutes, and their CAs have none.
/// </summary>
public static class X509Svid
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    // GeneralName ::= CHOICE { ... uniformResourceIdentifier [6] IA5String ... } (RFC 5280 section 4.2.1.6)
    private static readonly Asn1Tag UriName = new(TagClass.ContextSpecific, 6);

    // A chain is leaf, a few intermediates, root; more is a way to make us work.
    private const int MaxIntermediates = 8;

    /// <summary>Verifies a certificate. Never throws on any certificate that could be loaded.</summary>
    /// <param name="leaf">The certificate that the peer proved to hold the key of.</param>
    /// <param name="intermediates">What the peer sent along; not trusted.</param>
    /// <param name="anchors">The roots of each trust domain.</param>
    /// <param name="now">The time of the request.</param>
    public static X509SvidOutcome Verify(
        X509Certificate2 leaf,
        IReadOnlyCollection<X509Certificate2> intermediates,
        IReadOnlyDictionary<TrustDomain, TrustAnchors> anchors,
        DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        ArgumentNullException.ThrowIfNull(intermediates);
        ArgumentNullException.ThrowIfNull(anchors);
        try
        {
            if (CheckLeaf(leaf, out var id) is { } refusal) return new X509SvidOutcome.Refused(refusal);
            if (!anchors.TryGetValue(id.TrustDomain, out var roots))
                return new X509SvidOutcome.Refused(X509SvidRefusal.UnknownTrustDomain, TrustDomain: id.TrustDomain);

            var notAfter = new DateTimeOffset(leaf.NotAfter.ToUniversalTime());
            if (now < leaf.NotBefore.ToUniversalTime()) return new X509SvidOutcome.Refused(X509SvidRefusal.NotYetValid);
            // At notAfter it is over, as for exp; RFC 5280 would allow that instant, OpenSSL does not.
            if (now >= notAfter) return new X509SvidOutcome.Refused(X509SvidRefusal.Expired);
            return BuildChain(leaf, intermediates, roots, now) is { } status
                ? new X509SvidOutcome.Refused(X509SvidRefusal.Chain, status)
                : new X509SvidOutcome.Verified(id, CertificateThumbprint.Of(leaf.RawDataMemory.Span), notAfter);
        }
        // The platform decodes extensions when they are read, not when the certificate is loaded.
        catch (CryptographicException)
        {
            return new X509SvidOutcome.Refused(X509SvidRefusal.Malformed);
        }
        catch (AsnContentException)
        {
            return new X509SvidOutcome.Refused(X509SvidRefusal.Malformed);
        }
    }

    private static X509SvidRefusal? CheckLeaf(X509Certificate2 leaf, out SpiffeId id)
    {
        id = default;
        var extensions = leaf.Extensions;
        if (extensions.DistinctBy(extension => extension.Oid!.Value).Count() != extensions.Count) return X509SvidRefusal.Malformed;

        var uris = extensions[SubjectAlternativeName] is { } names ? ReadUris(names.RawData) : [];
        if (uris.Count == 0) return X509SvidRefusal.NoUri;
        if (uris.Count > 1) return X509SvidRefusal.SeveralUris;
        if (!SpiffeId.TryParse(uris[0], out id)) return X509SvidRefusal.NoSpiffeId;

        if (extensions.OfType<X509BasicConstraintsExtension>().Any(basic => basic.CertificateAuthority)) return X509SvidRefusal.Authority;
        if (!extensions.OfType<X509KeyUsageExtension>().Any(usage => usage.Critical && IsForLeaf(usage.KeyUsages))) return X509SvidRefusal.KeyUsage;
        return extensions.OfType<X509EnhancedKeyUsageExtension>().All(IsForClients) ? null : X509SvidRefusal.ExtendedKeyUsage;
    }

    private static bool IsForLeaf(X509KeyUsageFlags usages) =>
        usages.HasFlag(X509KeyUsageFlags.DigitalSignature)
        && (usages & (X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign)) == X509KeyUsageFlags.None;

    private static bool IsForClients(X509EnhancedKeyUsageExtension usage) =>
        usage.EnhancedKeyUsages.Cast<Oid>().Any(oid => oid.Value == ClientAuthentication);

    // By hand: the platform's own reader knows DNS names and addresses only, and its GetNameInfo hides a second URI.
    private static List<string> ReadUris(byte[] names)
    {
        var uris = new List<string>();
        var reader = new AsnReader(names, AsnEncodingRules.DER);
        var sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        while (sequence.HasData)
        {
            var tag = sequence.PeekTag();
            if (tag.HasSameClassAndValue(UriName)) uris.Add(sequence.ReadCharacterString(UniversalTagNumber.IA5String, tag));
            else sequence.ReadEncodedValue();
        }
        return uris;
    }

    private static X509ChainStatusFlags? BuildChain(
        X509Certificate2 leaf, IReadOnlyCollection<X509Certificate2> intermediates, TrustAnchors roots, DateTimeOffset now)
    {
        // Without roots the platform's answer would depend on what custom trust means when it is empty.
        if (roots.Certificates.IsEmpty || intermediates.Count > MaxIntermediates) return X509ChainStatusFlags.PartialChain;
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(roots.Certificates.ToArray());
        policy.ExtraStore.AddRange(intermediates.ToArray());
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.VerificationTime = now.UtcDateTime;
        policy.VerificationTimeIgnored = false;
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        var built = chain.Build(leaf);
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        foreach (var element in chain.ChainElements) element.Certificate.Dispose();
        return built ? null : status;
    }
}
