using CredBroker.Core.Catalog;
using CredBroker.Core.Past;
using CredBroker.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace CredBroker.Server.Past;

/// <summary>Catalogs that were in force.</summary>
internal sealed class PastCatalogs(IDbContextFactory<BrokerDb> databases)
{
    /// <summary>A version as it was; null: there is none, or this program does not read it any more.</summary>
    public async Task<CatalogSnapshot?> FindAsync(int version, CancellationToken ct)
    {
        if (version == 0) return CatalogSnapshot.Empty;
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await db.CatalogVersions.SingleOrDefaultAsync(catalog => catalog.Version == version, ct);
        return row is not null && StoredCatalog.TryRead(row.Files, version, row.Digest, out var snapshot) ? snapshot : null;
    }

    /// <summary>The version that was in force at a moment, by the database's clock.</summary>
    public async Task<int> VersionAtAsync(DateTimeOffset moment, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var utc = moment.ToUniversalTime();
        return await db.CatalogVersions.Where(catalog => catalog.AppliedAt <= utc).MaxAsync(catalog => (int?)catalog.Version, ct) ?? 0;
    }

    /// <summary>Tells a replay the catalog that it needs for an entry.</summary>
    public async ValueTask TeachAsync(Replaying replaying, PastEntry entry, CancellationToken ct)
    {
        if (replaying.Knows(entry) || Replaying.VersionOf(entry) is not { } version) return;
        replaying.Learn(version, (await FindAsync(version, ct))?.Catalog);
    }
}
