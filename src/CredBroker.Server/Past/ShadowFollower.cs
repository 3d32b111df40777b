using CredBroker.Core.Catalog;
using CredBroker.Server.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;

using ReplayTotals = CredBroker.Core.Past.ReplayTotals;

namespace CredBroker.Server.Past;

/// <summary>
/// Puts decisions to the candidate as they come on record. Whoever decides knows nothing of it: no decision waits for it, fails with it or
/// costs more for it. One replica follows at a time, as long as it holds a lock of its own session; when it goes, another begins where its
/// last write was. So every decision is counted once, and what is behind is behind, and never left out.
/// </summary>
internal sealed class ShadowFollower(
    NpgsqlDataSource database, IDbContextFactory<BrokerDb> databases, PastRecord record, PastCatalogs catalogs, ShadowMeter meter, TimeProvider clock,
    ILogger<ShadowFollower> log) : IAsyncDisposable
{
    private NpgsqlConnection? _lock;
    private Following? _following;

    /// <summary>Goes on to what is committed now. Not at the same time twice.</summary>
    public async Task FollowAsync(CancellationToken ct)
    {
        try
        {
            var candidate = await FindAsync(ct);
            if (candidate is null || !await HoldAsync(ct))
            {
                await LetGoAsync();
                return;
            }

            if (_following?.Candidate != candidate) _following = await BeginAsync(candidate.Value, ct);
            if (_following is { Run: { } run } following && !await AdvanceAsync(following, run, ct)) _following = null;
        }
        catch
        {
            // What was counted and not written is counted again: from what is on record.
            _following = null;
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await LetGoAsync();

    private async Task<Guid?> FindAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand("SELECT candidate FROM shadow");
        return await command.ExecuteScalarAsync(ct) as Guid?;
    }

    // The session's lock goes with its connection: a replica that dies, or is cut off, holds nobody up.
    private async Task<bool> HoldAsync(CancellationToken ct)
    {
        if (_lock is { State: System.Data.ConnectionState.Open })
        {
            await using var alive = new NpgsqlCommand("SELECT 1", _lock);
            await alive.ExecuteScalarAsync(ct);
            return true;
        }

        await LetGoAsync();
        var connection = await database.OpenConnectionAsync(ct);
        await using var take = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection) { Parameters = { new NpgsqlParameter<long> { TypedValue = AdvisoryLocks.Shadow } } };
        if (await take.ExecuteScalarAsync(ct) is true)
        {
            _lock = connection;
            return true;
        }

        await connection.DisposeAsync();
        return false;
    }

    private async Task LetGoAsync()
    {
        _following = null;
        if (_lock is not { } connection) return;
        _lock = null;
        await using (connection)
        {
            // Back in the pool the session would keep the lock until somebody else takes it from there. One that broke has let go by itself.
            if (connection.State != System.Data.ConnectionState.Open) return;
            await using var give = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", connection) { Parameters = { new NpgsqlParameter<long> { TypedValue = AdvisoryLocks.Shadow } } };
            try
            {
                await give.ExecuteScalarAsync(CancellationToken.None);
            }
            catch (NpgsqlException)
            {
                // The session is over, and its lock with it.
            }
        }
    }

    private async Task<Following?> BeginAsync(Guid candidate, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.Shadows.SingleOrDefaultAsync(shadow => shadow.Candidate == candidate, ct) is not { } row) return null;
        var point = new ShadowPoint(row.AfterXid, row.AfterId);
        if (!StoredCatalog.TryRead(row.Files, 0, row.Digest, out CatalogSnapshot? snapshot))
        {
            log.ShadowUnreadable(candidate);
            return new(candidate, null, row.Snapshot, point);
        }

        var run = new ReplayRun(snapshot, catalogs, ReplayMessages.Of(V1.ReplayTotals.Parser.ParseFrom(row.Totals)), int.MaxValue) { Until = row.Until };
        await PrepareAsync(run, row.Until ?? row.StartedAt, point, ct);
        log.ShadowFollowed(candidate, point.Xid);
        return new(candidate, run, row.Snapshot, point);
    }

    // Trees of tasks that live are followed from their beginning, up to the point where somebody else has counted.
    private async Task PrepareAsync(ReplayRun run, DateTimeOffset moment, ShadowPoint point, CancellationToken ct)
    {
        var after = PastRecord.FloorOf(await record.BeginningOfTreesAsync(moment, ct));
        var end = PastRecord.FloorOf(clock.GetUtcNow().AddHours(1));
        while (await record.InTimeAsync(after, end, point, ct) is { Count: > 0 } rows)
        {
            foreach (var row in rows) await run.TakeAsync(row, static _ => false, ct);
            after = rows[^1].Id;
        }
    }

    // False: it is another candidate now, or another replica was faster.
    private async Task<bool> AdvanceAsync(Following following, ReplayRun run, CancellationToken ct)
    {
        while (await record.CommittedAsync(following.Read, following.Snapshot, ct) is { Count: > 0 } rows)
        {
            foreach (var row in rows) await run.TakeAsync(row, _ => row.IsNew, ct);
            following.Read = new(rows[^1].Xid, rows[^1].Id);
            if (!await WriteAsync(following, run, ct)) return false;
        }

        run.Reach(clock.GetUtcNow());
        return await WriteAsync(following, run, ct);
    }

    // What waits is not counted yet, and would not be read again from here: so nothing is written before it is.
    private async Task<bool> WriteAsync(Following following, ReplayRun run, CancellationToken ct)
    {
        if (!run.IsSettled || following.Read == following.Written) return true;
        var totals = ReplayMessages.Of(run.Totals);
        if (!await ShadowRecord.WriteAsync(database, following.Candidate, following.Written, following.Read, run.Until, totals, run.TakeFound(), ct)) return false;
        var counted = ReplayMessages.Of(totals);
        meter.Counted(following.Counted, counted);
        (following.Written, following.Counted) = (following.Read, counted);
        return true;
    }

    /// <summary>A candidate that is being followed.</summary>
    private sealed class Following(Guid candidate, ReplayRun? run, string snapshot, ShadowPoint point)
    {
        public Guid Candidate => candidate;

        /// <summary>Null: it does not read.</summary>
        public ReplayRun? Run => run;

        /// <summary>Of its start: what it sees was decided before.</summary>
        public string Snapshot => snapshot;

        /// <summary>How far the record was read.</summary>
        public ShadowPoint Read { get; set; } = point;

        /// <summary>How far it was counted, and what was counted written.</summary>
        public ShadowPoint Written { get; set; } = point;

        /// <summary>What is written.</summary>
        public ReplayTotals Counted { get; set; } = run is null ? new() : ReplayMessages.Of(ReplayMessages.Of(run.Totals));
    }
}
