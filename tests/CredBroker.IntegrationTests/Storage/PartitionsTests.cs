using System.Globalization;
using CredBroker.Server.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CredBroker.IntegrationTests.Storage;

public sealed class PartitionsTests(Postgres postgres)
{
    private static readonly DateTimeOffset Start = new(2031, 1, 30, 10, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_migrated_database_takes_rows_at_once_and_on_the_next_days()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        await Migrator.ApplyAsync(database.ConnectionString, new SetClock(Start), Ct);

        foreach (var days in Enumerable.Range(0, 4))
        {
            await InsertAsync(database, "tokens", Start.AddDays(days));
            await InsertAsync(database, "revocations", Start.AddDays(days));
            await InsertAsync(database, "audit_entries", Start.AddMonths(days));
        }

        Assert.Equal(["tokens_20310130", "tokens_20310131", "tokens_20310201", "tokens_20310202"], await NamesAsync(database, "tokens"));
        Assert.Equal(["audit_entries_203101", "audit_entries_203102", "audit_entries_203103", "audit_entries_203104"],
            await NamesAsync(database, "audit_entries"));
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM tokens_20310201"));
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM audit_entries_203104"));
    }

    [Fact]
    public async Task A_row_lies_in_the_partition_of_its_first_and_of_its_last_millisecond()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        await Migrator.ApplyAsync(database.ConnectionString, new SetClock(Start), Ct);
        var midnight = new DateTimeOffset(2031, 1, 31, 0, 0, 0, TimeSpan.Zero);

        await InsertAsync(database, "revocations", midnight);
        await InsertAsync(database, "revocations", midnight.AddDays(1).AddMilliseconds(-1));

        Assert.Equal(2, await database.ScalarAsync<long>("SELECT count(*) FROM revocations_20310131"));
    }

    [Fact]
    public async Task Partitions_have_the_keys_indexes_and_checks_of_their_table()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var without = await database.ColumnAsync<string>("""
            SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE c.relkind = 'I' AND i.indrelid IN (SELECT partrelid FROM pg_partitioned_table)
              AND (SELECT count(*) FROM pg_inherits h WHERE h.inhparent = i.indexrelid)
               <> (SELECT count(*) FROM pg_inherits h WHERE h.inhparent = i.indrelid)
            """);

        Assert.Empty(without);
    }

    [Fact]
    public async Task Day_by_day_old_tokens_go_and_new_days_come_while_the_audit_stays()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        var clock = new SetClock(Start);
        await Migrator.ApplyAsync(database.ConnectionString, clock, Ct);
        var partitions = Partitions(database, clock);

        for (var day = 0; day < 40; day++, clock.Now += TimeSpan.FromDays(1))
        {
            await partitions.KeepAsync(Ct);
            await InsertAsync(database, "tokens", clock.Now);
            await InsertAsync(database, "revocations", clock.Now);
            await InsertAsync(database, "audit_entries", clock.Now);
            Assert.InRange((await NamesAsync(database, "tokens")).Count, 4, 8);
            Assert.Empty(await partitions.LackingAsync(Ct));
        }

        Assert.Equal(3, await database.ScalarAsync<long>("SELECT count(*) FROM tokens"));
        Assert.Equal(3, await database.ScalarAsync<long>("SELECT count(*) FROM revocations"));
        Assert.Equal(40, await database.ScalarAsync<long>("SELECT count(*) FROM audit_entries"));
        Assert.Equal("audit_entries_203101", (await NamesAsync(database, "audit_entries"))[0]);
        Assert.False(await database.ScalarAsync<bool>("SELECT to_regclass('tokens_20310130') IS NOT NULL"));
    }

    [Fact]
    public async Task Uses_of_tokens_that_were_minted_before_there_were_any_have_a_place()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        var clock = new SetClock(Start);
        await Migrator.ApplyAsync(database.ConnectionString, clock, Ct);
        // Two days later, under a program that knows no uses; then the file is applied.
        clock.Now += TimeSpan.FromDays(2);
        await Partitions(database, clock).KeepAsync(Ct);
        await database.ExecuteAsync("DROP TABLE authorizations");
        await database.ExecuteAsync(MigrationFile.All.Single(file => file.Id == "0003_authorizations").Sql);

        Assert.Equal(
            await NamesAsync(database, "tokens"),
            (await NamesAsync(database, "authorizations")).Select(name => name.Replace("authorizations", "tokens", StringComparison.Ordinal)));
        await InsertAsync(database, "authorizations", Start);
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM authorizations_20310130"));
        await Partitions(database, clock).KeepAsync(Ct);
        Assert.Empty(await Partitions(database, clock).LackingAsync(Ct));
    }

    [Fact]
    public async Task An_audit_with_a_retention_loses_whole_months()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        var clock = new SetClock(Start);
        await Migrator.ApplyAsync(database.ConnectionString, clock, Ct);
        clock.Now = new(2031, 4, 3, 0, 0, 0, TimeSpan.Zero);

        await Partitions(database, clock, new() { AuditRetention = TimeSpan.FromDays(31) }).KeepAsync(Ct);

        Assert.Equal("audit_entries_203103", (await NamesAsync(database, "audit_entries"))[0]);
    }

    [Fact]
    public async Task Eight_replicas_keep_the_same_partitions_without_colliding()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        await Migrator.ApplyAsync(database.ConnectionString, new SetClock(Start), Ct);
        var clock = new SetClock(Start.AddDays(5));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Partitions(database, clock).KeepAsync(Ct))));
        await Partitions(database, clock).KeepAsync(Ct);

        Assert.Equal(["tokens_20310202", "tokens_20310204", "tokens_20310205", "tokens_20310206", "tokens_20310207"],
            await NamesAsync(database, "tokens"));
    }

    [Fact]
    public async Task A_long_reader_delays_a_drop_and_nobody_else()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        await Migrator.ApplyAsync(database.ConnectionString, new SetClock(Start), Ct);
        var later = new SetClock(Start.AddDays(3));
        var partitions = Partitions(database, later);
        await using (var reader = await database.DataSource.OpenConnectionAsync(Ct))
        {
            await using var report = await reader.BeginTransactionAsync(Ct);
            await using (var read = new NpgsqlCommand("SELECT count(*) FROM tokens", reader)) await read.ExecuteScalarAsync(Ct);

            await partitions.KeepAsync(Ct).WaitAsync(TimeSpan.FromSeconds(20), Ct);
            await InsertAsync(database, "tokens", later.Now);
            await Partitions(database, later).KeepAsync(Ct).WaitAsync(TimeSpan.FromSeconds(20), Ct);

            Assert.True(await database.ScalarAsync<bool>("SELECT to_regclass('tokens_20310130') IS NOT NULL"));
        }

        await partitions.KeepAsync(Ct);

        Assert.False(await database.ScalarAsync<bool>("SELECT to_regclass('tokens_20310130') IS NOT NULL"));
        Assert.Equal("0", await database.ScalarAsync<string>("SHOW lock_timeout"));
    }

    [Fact]
    public async Task A_drop_that_was_interrupted_after_the_detachment_is_finished()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        await Migrator.ApplyAsync(database.ConnectionString, new SetClock(Start), Ct);
        await database.ExecuteAsync("ALTER TABLE tokens DETACH PARTITION tokens_20310130");

        await Partitions(database, new SetClock(Start.AddDays(3))).KeepAsync(Ct);

        Assert.False(await database.ScalarAsync<bool>("SELECT to_regclass('tokens_20310130') IS NOT NULL"));
    }

    [Fact]
    public async Task While_another_replica_drops_none_waits_for_it()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        await Migrator.ApplyAsync(database.ConnectionString, new SetClock(Start), Ct);
        await using var other = await database.DataSource.OpenConnectionAsync(Ct);
        await using (var take = new NpgsqlCommand($"SELECT pg_advisory_lock({AdvisoryLocks.PartitionsDropped})", other)) await take.ExecuteNonQueryAsync(Ct);

        await Partitions(database, new SetClock(Start.AddDays(3))).KeepAsync(Ct).WaitAsync(TimeSpan.FromSeconds(20), Ct);

        var names = await NamesAsync(database, "tokens");
        Assert.Contains("tokens_20310130", names);
        Assert.Contains("tokens_20310205", names);
    }

    [Theory]
    [InlineData(1, new string[0])]
    [InlineData(2, new[] { "tokens", "authorizations", "revocations" })]
    public async Task Readiness_ends_while_there_is_still_a_day_left(int days, string[] lacking)
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        await Migrator.ApplyAsync(database.ConnectionString, new SetClock(Start), Ct);
        var clock = new SetClock(Start.AddDays(days));
        var partitions = Partitions(database, clock);

        var health = await new PartitionsReady(partitions).CheckHealthAsync(new HealthCheckContext(), Ct);

        Assert.Equal(lacking, await partitions.LackingAsync(Ct));
        Assert.Equal(lacking.Length == 0 ? HealthStatus.Healthy : HealthStatus.Unhealthy, health.Status);
        await InsertAsync(database, "tokens", clock.Now.AddDays(1));
    }

    private static Partitions Partitions(TestDatabase database, TimeProvider clock, PartitionOptions? options = null) =>
        new(database.DataSource, options ?? new(), clock, NullLogger<Partitions>.Instance) { Patience = TimeSpan.FromMilliseconds(200) };

    private static Task<IReadOnlyList<string>> NamesAsync(TestDatabase database, string table) => database.ColumnAsync<string>(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = $1::text::regclass AND NOT inhdetachpending ORDER BY 1", table);

    private static Task<int> InsertAsync(TestDatabase database, string table, DateTimeOffset moment)
    {
        var id = Guid.CreateVersion7(moment);
        return table switch
        {
            "tokens" => database.ExecuteAsync("""
                INSERT INTO tokens (jti, task_id, tool, action, resource, parameters, audience, kid, issued_at, expires_at, decision_id, ask_digest,
                                    token_hash, decided_history, decided_catalog)
                VALUES ($1, $1, 'crm', 'read', 'a', '{}', 'crm', 'k', now(), now(), $1, sha256('x'), sha256('y'), 0, 1)
                """, id),
            "authorizations" => database.ExecuteAsync("""
                INSERT INTO authorizations (id, jti, ask_digest, decision_id, obligations, decided_history, decided_catalog)
                VALUES ($1, $1, sha256('x'), $1, '[]', 0, 1)
                """, id),
            "revocations" => database.ExecuteAsync(
                "INSERT INTO revocations (id, kind, subject, cause) VALUES ($1, 2, $2, 'test')", id, id.ToString("D", CultureInfo.InvariantCulture)),
            _ => database.ExecuteAsync("INSERT INTO audit_entries (id, kind, payload, leaf_hash) VALUES ($1, 1, '{}', sha256('x'))", id),
        };
    }
}
