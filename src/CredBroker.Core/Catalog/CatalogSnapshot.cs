using System.Collections.Immutable;

namespace CredBroker.Core.Catalog;

/// <summary>A catalog as it was applied: decisions name its version. Immutable and safe to share.</summary>
/// <param name="Version">From 1, one more for each applied catalog; 0: the empty catalog, before any was applied.</param>
/// <param name="Digest">SHA-256 over the files: 32 bytes.</param>
/// <param name="Catalog">What it says.</param>
/// <param name="Files">What it was read from: key sets and bundles are taken from here.</param>
public sealed record CatalogSnapshot(int Version, ImmutableArray<byte> Digest, BrokerCatalog Catalog, CatalogFiles Files)
{
    /// <summary>Version 0: allows nothing.</summary>
    public static CatalogSnapshot Empty { get; } = Of(0, BrokerCatalog.Empty, CatalogFiles.None);

    /// <summary>A snapshot of files that were read without error; the digest is of the files.</summary>
    public static CatalogSnapshot Of(int version, BrokerCatalog catalog, CatalogFiles files)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(version);
        return new(version, CatalogDigest.Of(files), catalog, files);
    }
}
