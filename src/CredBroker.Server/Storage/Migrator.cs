using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CredBroker.Server.Storage;

/// <summary>Brings a database to the schema of this program. Replicas may do so at the same time: one works, the others wait.</summary>
public static class Migrator
{
    private const int OldestPostgres = 15;

    /// <summary>Applies the files that are missing, then makes the partitions that the present moment needs.</summary>
    /// <param name="connectionString">To a database that exists, as a role that may create tables in it.</param>
    /// <param name="time">The clock that names partitions.</param>
    /// <param name="ct">Cancels; what was applied by then stays.</param>
    /// <remarks>
    /// Refused: PostgreSQL older than 15, a database that a newer program has changed, an applied file whose text has changed since.
    /// </remarks>
    /// <exception cref="NpgsqlException">The database cannot be reached, or refuses a statement.</exception>
    public static async Task<MigrationOutcome> ApplyAsync(string connectionString, TimeProvider time, CancellationToken ct)
    {
        // A session of its own, whose end releases the lock whatever happens; the wait for other replicas has no limit but ct.
        var session = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0 };
        await using var source = new NpgsqlDataSourceBuilder(session.ConnectionString) { Name = "credbroker-migrations" }.Build();
        await using var connection = await source.OpenConnectionAsync(ct);
        if (connection.PostgreSqlVersion.Major < OldestPostgres) return TooOld(connection.PostgreSqlVersion);
        await LockAsync(connection, ct);

        await using var db = BrokerDb.Over(connection);
        if (await RefusalAsync(db, ct) is { } refused) return refused;
        var missing = (await db.Database.GetPendingMigrationsAsync(ct)).ToList();
        await db.Database.MigrateAsync(ct);
        await Partitions.MakeAsync(connection, time.GetUtcNow(), ct);
        return new MigrationOutcome.Applied(missing);
    }

    private static async Task LockAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = AdvisoryLocks.Migrations });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<MigrationOutcome.Refused?> RefusalAsync(BrokerDb db, CancellationToken ct)
    {
        var exists = await db.Database.SqlQuery<bool>($"SELECT to_regclass('schema_files') IS NOT NULL AS \"Value\"").SingleAsync(ct);
        if (!exists) return null;
        foreach (var applied in await db.SchemaFiles.OrderBy(f => f.Id).ToListAsync(ct))
        {
            var known = MigrationFile.All.SingleOrDefault(f => f.Id == applied.Id);
            if (known is null) return TooNew(applied.Id);
            if (!CryptographicOperations.FixedTimeEquals(known.Digest, applied.Digest)) return Changed(applied);
        }
        return null;
    }

    private static MigrationOutcome.Refused TooOld(Version version) => new(
        $"this is PostgreSQL {version}, and {OldestPostgres} is the oldest that works", "upgrade the server");

    private static MigrationOutcome.Refused TooNew(string id) => new(
        $"the database is newer than this program: it has migration {id}", "run the newer program; a database is never taken back");

    private static MigrationOutcome.Refused Changed(SchemaFileRow applied) => new(
        $"migrations/{applied.Id}.sql is not the file that was applied on {applied.AppliedAt:u}",
        "take the change back and put it into a new file");
}
