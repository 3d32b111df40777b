using System.Security.Cryptography;
using System.Text;
using CredBroker.Server.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CredBroker.IntegrationTests.Storage;

public sealed class MigratorTests(Postgres postgres)
{
    private static readonly IReadOnlyList<string> Files = [.. MigrationFile.All.Select(f => f.Id)];

    [Fact]
    public async Task An_empty_database_gets_every_file_in_order()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();

        var outcome = Assert.IsType<MigrationOutcome.Applied>(await ApplyAsync(database));

        Assert.Equal(Files, outcome.Files);
        Assert.Equal(Files, await database.ColumnAsync<string>("SELECT id FROM schema_files ORDER BY applied_at"));
    }

    [Fact]
    public async Task A_database_that_is_up_to_date_is_left_alone()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync("UPDATE catalog_head SET version = 3");

        var outcome = Assert.IsType<MigrationOutcome.Applied>(await ApplyAsync(database));

        Assert.Empty(outcome.Files);
        Assert.Equal(3, await database.ScalarAsync<int>("SELECT version FROM catalog_head"));
    }

    [Fact]
    public async Task Eight_replicas_that_start_at_once_apply_each_file_once()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => ApplyAsync(database))));

        var applied = outcomes.Select(o => Assert.IsType<MigrationOutcome.Applied>(o).Files).ToList();
        Assert.Equal(8, applied.Count);
        Assert.Equal(Files, applied.SelectMany(f => f));
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM catalog_head"));
    }

    [Fact]
    public async Task A_replica_waits_for_the_one_that_migrates()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        await using var busy = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using (var take = new NpgsqlCommand($"SELECT pg_advisory_lock({AdvisoryLocks.Migrations})", busy))
        {
            await take.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var waiting = ApplyAsync(database);
        await database.SomebodyWaitsForALockAsync();
        Assert.False(waiting.IsCompleted);
        Assert.False(await database.ScalarAsync<bool>("SELECT to_regclass('tasks') IS NOT NULL"));
        await using (var release = new NpgsqlCommand("SELECT pg_advisory_unlock_all()", busy))
        {
            await release.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(Files, Assert.IsType<MigrationOutcome.Applied>(await waiting).Files);
    }

    [Fact]
    public async Task A_file_that_was_changed_after_it_was_applied_is_refused()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync("UPDATE schema_files SET digest = $1 WHERE id = $2", SHA256.HashData("other"u8), Files[0]);

        var refused = Assert.IsType<MigrationOutcome.Refused>(await ApplyAsync(database));

        Assert.Contains($"migrations/{Files[0]}.sql is not the file that was applied on", refused.Message, StringComparison.Ordinal);
        Assert.Contains("new file", refused.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_a_newer_program_is_refused()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync("INSERT INTO schema_files (id, digest) VALUES ('9999_later', $1)", SHA256.HashData("later"u8));

        var refused = Assert.IsType<MigrationOutcome.Refused>(await ApplyAsync(database));

        Assert.Contains("newer than this program: it has migration 9999_later", refused.Message, StringComparison.Ordinal);
        Assert.Contains("run the newer program", refused.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_fails_leaves_nothing_of_itself()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        // The last statements of the first file will find this name taken.
        await database.ExecuteAsync("CREATE FUNCTION uuid_floor(moment timestamptz) RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'");

        await Assert.ThrowsAsync<PostgresException>(() => ApplyAsync(database));

        Assert.False(await database.ScalarAsync<bool>("SELECT to_regclass('tasks') IS NOT NULL"));
        Assert.False(await database.ScalarAsync<bool>("SELECT to_regclass('schema_files') IS NOT NULL"));
    }

    [Fact]
    public void Every_file_has_a_class_of_its_name_and_a_number_of_its_own()
    {
        using var connection = new NpgsqlConnection();
        using var db = BrokerDb.Over(connection);

        Assert.Equal(Files, db.Database.GetMigrations());
        Assert.All(Files, f => Assert.Matches("^[0-9]{4}_[a-z_]+$", f));
        Assert.Equal(Files.Count, Files.Select(f => f[..4]).Distinct().Count());
        Assert.All(MigrationFile.All, f => Assert.StartsWith("-- ", f.Sql, StringComparison.Ordinal));
        Assert.All(MigrationFile.All, f => Assert.Equal(SHA256.HashData(Encoding.UTF8.GetBytes(f.Sql)), f.Digest));
    }

    private static Task<MigrationOutcome> ApplyAsync(TestDatabase database) =>
        Migrator.ApplyAsync(database.ConnectionString, TimeProvider.System, TestContext.Current.CancellationToken);
}
