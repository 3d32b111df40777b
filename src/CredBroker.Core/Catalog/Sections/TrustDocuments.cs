using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Catalog.Sections;

/// <summary>Key sets and bundles among the files: read when the catalog is, so that one that vouches for nobody is not applied.</summary>
internal static class TrustDocuments
{
    /// <summary>A JWK Set or SPIFFE bundle with a key that verifies JWTs; keys that will not be used are worth a warning.</summary>
    internal static JwkSet? Keys(Field reference, string name, ImmutableArray<byte> content)
    {
        if (Set(reference, name, content) is not { } set)
            return null;
        if (set.KeyIds.Any())
            return set;
        reference.Report(CatalogErrorKind.BadFile, $"file \"{name}\" has no key that verifies JWTs",
            "a public EC (P-256, P-384) or RSA key with a kid and use sig or jwt-svid");
        return null;
    }

    /// <summary>PEM or SPIFFE bundle, as its first character shows, with a root.</summary>
    internal static TrustAnchors? Anchors(Field reference, string name, ImmutableArray<byte> content)
    {
        if (content is [(byte)'{', ..])
        {
            if (Set(reference, name, content) is not { } bundle)
                return null;
            if (!bundle.TrustAnchors.Certificates.IsEmpty)
                return bundle.TrustAnchors;
        }
        else if (TrustAnchors.TryParsePem(Encoding.UTF8.GetString(content.AsSpan()), out var anchors))
        {
            return anchors;
        }

        reference.Report(CatalogErrorKind.BadFile, $"file \"{name}\" has no certificate to trust",
            "1 to 64 certificates of certification authorities and nothing else, in PEM, or a SPIFFE bundle");
        return null;
    }

    private static JwkSet? Set(Field reference, string name, ImmutableArray<byte> content)
    {
        if (!JwkSet.TryParse(content.AsSpan(), out var set, out var refusal))
        {
            reference.Report(CatalogErrorKind.BadFile, $"file \"{name}\" is no JWK Set", refusal switch
            {
                JwkSetRefusal.TooLarge => "at most 256 KiB",
                JwkSetRefusal.TooManyKeys => "at most 64 keys",
                JwkSetRefusal.NoKeys => "an object with a list \"keys\"",
                _ => "strict JSON: UTF-8, no repeated member, no comment",
            });
            return null;
        }
        foreach (var skipped in set.Skipped)
        {
            // Every version of the catalog is stored, and shown to viewers: the worst place for a key's private half.
            var what = string.Create(CultureInfo.InvariantCulture, $"key {skipped.Index} of file \"{name}\"");
            if (skipped.Detail == JwkRefusal.PrivateKeyMaterial)
                reference.Report(CatalogErrorKind.BadFile, $"{what} is private",
                    "public keys only; make a new key pair, for this one is known now");
            else
                reference.Errors.Warn(CatalogErrorKind.BadFile, reference.At, $"{what} is not used: {Why(skipped)}");
        }
        return set;
    }

    private static string Why(SkippedKey key) => key.Reason switch
    {
        SkipReason.NoKeyId => "it has no kid",
        SkipReason.AmbiguousKeyId => "another has the same kid",
        SkipReason.NoTrustAnchor => "its certificate is no certification authority's",
        _ => $"not accepted ({key.Detail})",
    };
}
