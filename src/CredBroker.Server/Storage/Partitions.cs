using System.Data;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CredBroker.Server.Storage;

/// <summary>Makes partitions before they are needed and drops those whose time is over. Replicas may do so at the same time.</summary>
internal sealed class Partitions(NpgsqlDataSource source, PartitionOptions options, TimeProvider time, ILogger<Partitions> logger)
{
    /// <summary>How long a drop waits for open readers before it leaves the rest to the next run.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Makes what the next days need, then drops what is due.</summary>
    public async Task KeepAsync(CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        foreach (var made in await MakeAsync(connection, time.GetUtcNow(), ct)) logger.PartitionMade(made);
        await DropAsync(connection, ct);
    }

    /// <summary>The tables with too few partitions: without one for now, or with fewer than two to come. Empty: ready.</summary>
    public async Task<IReadOnlyList<string>> LackingAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var lacking = new List<string>();
        await using var connection = await source.OpenConnectionAsync(ct);
        foreach (var table in PartitionedTable.All)
        {
            var usable = (await FindAsync(connection, table, ct)).Where(p => p is { Attached: true, Leaving: false }).Select(p => p.Start);
            if (table.NeededAt(now).Except(usable).Any()) lacking.Add(table.Name);
        }
        return lacking;
    }

    /// <summary>Makes the partitions that are missing at a moment. All or none of them.</summary>
    /// <returns>Their names.</returns>
    public static async Task<IReadOnlyList<string>> MakeAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken ct)
    {
        var made = new List<string>();
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({AdvisoryLocks.PartitionsMade})", ct);
        foreach (var table in PartitionedTable.All)
        {
            var attached = (await FindAsync(connection, table, ct)).Where(p => p.Attached).Select(p => p.Start).ToHashSet();
            foreach (var start in table.WantedAt(now).Where(s => !attached.Contains(s)))
            {
                var name = table.NameOf(start);
                // CREATE TABLE … PARTITION OF would lock the parent against everybody, behind its slowest reader; ATTACH does not.
                await ExecuteAsync(connection, $"CREATE TABLE {name} (LIKE {table.Name} INCLUDING ALL)", ct);
                await ExecuteAsync(connection,
                    $"ALTER TABLE {table.Name} ATTACH PARTITION {name} FOR VALUES FROM ({Floor(start)}) TO ({Floor(table.EndOf(start))})", ct);
                made.Add(name);
            }
        }
        await transaction.CommitAsync(ct);
        return made;
    }

    private async Task DropAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        // Tried, not waited for: the holder may itself be waiting for a long report, and it does all the work there is.
        if (!await AskAsync(connection, $"SELECT pg_try_advisory_lock({AdvisoryLocks.PartitionsDropped})", ct)) return;
        try
        {
            await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"SET lock_timeout = {(int)Patience.TotalMilliseconds}"), ct);
            foreach (var table in PartitionedTable.All)
            {
                foreach (var partition in await FindAsync(connection, table, ct))
                {
                    if (table.IsDue(partition.Start, options.Of(table), time.GetUtcNow())) await DropAsync(connection, table, partition, ct);
                }
            }
        }
        finally
        {
            // A session that broke has let go of everything by itself.
            if (connection.State == ConnectionState.Open)
            {
                await ExecuteAsync(connection, "RESET lock_timeout", CancellationToken.None);
                await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({AdvisoryLocks.PartitionsDropped})", CancellationToken.None);
            }
        }
    }

    private async Task DropAsync(NpgsqlConnection connection, PartitionedTable table, Partition partition, CancellationToken ct)
    {
        var name = table.NameOf(partition.Start);
        try
        {
            // Dropping it while attached would wait for every open reader of the table, and every caller would queue behind that.
            // Interrupted between the steps, a partition is found again as leaving, or as a table that belongs to nothing.
            if (partition.Attached)
            {
                await ExecuteAsync(connection,
                    $"ALTER TABLE {table.Name} DETACH PARTITION {name} {(partition.Leaving ? "FINALIZE" : "CONCURRENTLY")}", ct);
            }
            await ExecuteAsync(connection, $"DROP TABLE {name}", ct);
            logger.PartitionDropped(name);
        }
        catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            logger.PartitionInUse(name);
        }
    }

    private static async Task<IReadOnlyList<Partition>> FindAsync(NpgsqlConnection connection, PartitionedTable table, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("""
            SELECT c.relname, i.inhrelid IS NOT NULL, coalesce(i.inhdetachpending, false)
            FROM pg_class p
            JOIN pg_class c ON c.relnamespace = p.relnamespace AND c.relkind = 'r' AND starts_with(c.relname, p.relname || '_')
            LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND i.inhparent = p.oid
            WHERE p.oid = $1::text::regclass
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table.Name });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<Partition>();
        while (await reader.ReadAsync(ct))
        {
            if (table.TryParse(reader.GetString(0), out var start)) found.Add(new(start, reader.GetBoolean(1), reader.GetBoolean(2)));
        }
        return found;
    }

    private static string Floor(DateTimeOffset moment) =>
        string.Create(CultureInfo.InvariantCulture, $"uuid_floor('{moment.UtcDateTime:yyyy-MM-dd}T00:00:00Z')");

    [SuppressMessage("Security", "CA2100", Justification = "Names of partitions cannot be parameters; they are made of our own tables and dates")]
    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    [SuppressMessage("Security", "CA2100", Justification = "The number of a lock is a constant")]
    private static async Task<bool> AskAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(ct) is true;
    }

    /// <param name="Start">Its first moment.</param>
    /// <param name="Attached">It is part of the table.</param>
    /// <param name="Leaving">Its detachment was begun and not finished: queries do not see it any more.</param>
    private sealed record Partition(DateTimeOffset Start, bool Attached, bool Leaving);
}
