using CredBroker.Core.Catalog;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CredBroker.Server.Storage;

/// <summary>
/// The catalog in force, as this replica last read it. It may be a moment old: whatever commits by it checks its version against
/// catalog_head in the same transaction, and on a difference reads again and decides again.
/// </summary>
internal sealed class LiveCatalog(IDbContextFactory<BrokerDb> databases) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private volatile CatalogSnapshot _current = CatalogSnapshot.Empty;

    /// <summary>Immutable: take it once per decision.</summary>
    public CatalogSnapshot Current => _current;

    /// <summary>What is in force, for somebody who knows that it is this version or a later one.</summary>
    public async ValueTask<CatalogSnapshot> AtLeastAsync(int version, CancellationToken ct)
    {
        var snapshot = _current;
        return snapshot.Version >= version ? snapshot : await RefreshAsync(version, ct);
    }

    /// <summary>Reads the head again, and the catalog when its version changed. Returns what is in force.</summary>
    /// <exception cref="InvalidDataException">The stored catalog does not read: the database was changed behind the broker's back.</exception>
    public Task<CatalogSnapshot> RefreshAsync(CancellationToken ct) => RefreshAsync(int.MaxValue, ct);

    /// <summary>
    /// The catalog in force, which stays in force until the transaction ends: the lock that ApplyCatalog takes alone is shared first, in a
    /// statement of its own, so that the snapshot which reads the head is younger than the lock.
    /// </summary>
    public async Task<CatalogSnapshot> HoldAsync(NpgsqlTransaction transaction, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands =
            {
                new("SELECT pg_advisory_xact_lock_shared($1)") { Parameters = { new NpgsqlParameter<long> { TypedValue = AdvisoryLocks.CatalogHead } } },
                new("SELECT version FROM catalog_head"),
            },
        };
        int version;
        await using (var reader = await batch.ExecuteReaderAsync(ct))
        {
            await reader.NextResultAsync(ct);
            await reader.ReadAsync(ct);
            version = reader.GetInt32(0);
        }

        var snapshot = _current;
        return snapshot.Version == version ? snapshot : await RefreshAsync(ct);
    }

    public void Dispose() => _one.Dispose();

    // Of many who ask at once for a version that was just applied, one reads it.
    private async Task<CatalogSnapshot> RefreshAsync(int enough, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            if (_current.Version >= enough) return _current;
            await using var db = await databases.CreateDbContextAsync(ct);
            var version = await db.CatalogHead.AsNoTracking().Select(head => head.Version).SingleAsync(ct);
            if (version == _current.Version) return _current;
            if (version == 0) return _current = CatalogSnapshot.Empty;
            var row = await db.CatalogVersions.AsNoTracking().SingleAsync(catalog => catalog.Version == version, ct);
            return _current = SnapshotOf(row);
        }
        finally
        {
            _one.Release();
        }
    }

    private static CatalogSnapshot SnapshotOf(CatalogVersionRow row) => StoredCatalog.TryRead(row.Files, row.Version, row.Digest, out var snapshot)
        ? snapshot
        : throw new InvalidDataException($"Catalog version {row.Version} in the database does not read, or is not what was applied.");
}
