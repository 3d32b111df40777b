using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Text;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;

namespace CredBroker.Server.Attestation;

/// <summary>The keys and roots among the files of one catalog version, read once for each. Immutable.</summary>
internal sealed class TrustMaterial
{
    private static readonly ConditionalWeakTable<CatalogSnapshot, TrustMaterial> Read = [];

    private readonly FrozenDictionary<string, JwkSet> sets;

    private TrustMaterial(CatalogSnapshot snapshot)
    {
        var domains = snapshot.Catalog.TrustDomains.Values;
        sets = domains.Select(domain => (domain.Jwt?.Keys as KeySource.File)?.Name).OfType<string>().Distinct(StringComparer.Ordinal)
            .Select(name => (Name: name, Set: SetIn(snapshot.Files, name))).Where(file => file.Set is not null)
            .ToFrozenDictionary(file => file.Name, file => file.Set!, StringComparer.Ordinal);
        Anchors = domains.Where(domain => domain.X509 is not null)
            .ToFrozenDictionary(domain => domain.Name, domain => AnchorsIn(snapshot.Files, domain.X509!.BundleFile));
    }

    /// <summary>The roots of each trust domain that vouches with X.509-SVIDs.</summary>
    public IReadOnlyDictionary<TrustDomain, TrustAnchors> Anchors { get; }

    /// <summary>The material of a catalog: kept for as long as the snapshot is.</summary>
    public static TrustMaterial Of(CatalogSnapshot snapshot) => Read.GetValue(snapshot, static read => new(read));

    /// <summary>The key set in a file of the catalog; null when the file is none.</summary>
    public JwkSet? KeysIn(string file) => sets.GetValueOrDefault(file);

    private static JwkSet? SetIn(CatalogFiles files, string name) =>
        files.Contents.TryGetValue(name, out var content) && JwkSet.TryParse(content.AsSpan(), out var set, out _) ? set : null;

    // PEM, or a SPIFFE bundle: which one it is shows by its first character. A file that is neither vouches for nobody.
    private static TrustAnchors AnchorsIn(CatalogFiles files, string name)
    {
        if (!files.Contents.TryGetValue(name, out var content))
            return TrustAnchors.None;
        if (JwkSet.TryParse(content.AsSpan(), out var bundle, out _))
            return bundle.TrustAnchors;
        return TrustAnchors.TryParsePem(Encoding.UTF8.GetString(content.AsSpan()), out var anchors) ? anchors : TrustAnchors.None;
    }
}
