using CredBroker.Core;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using Npgsql;

namespace CredBroker.IntegrationTests.Storage;

/// <summary>What the schema itself refuses, whoever writes to it.</summary>
public sealed class SchemaTests(Postgres postgres)
{
    private const string Root = "01900000-0000-7000-8000-000000000001";
    private const string Child = "01900000-0000-7000-8000-000000000002";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a root is its own root", $"'{Root}', '{Child}', NULL, '{{}}'", "1, 10, 0, NULL, NULL")]
    [InlineData("a root has no ancestors", $"'{Root}', '{Root}', NULL, '{{{Child}}}'", "1, 10, 0, NULL, NULL")]
    [InlineData("a child has ancestors", $"'{Child}', '{Root}', '{Root}', '{{}}'", "1, 10, 0, NULL, NULL")]
    [InlineData("a child is not its own root", $"'{Child}', '{Child}', '{Root}', '{{{Root}}}'", "1, 10, 0, NULL, NULL")]
    [InlineData("a child is younger than its parent", $"'{Root}', '{Child}', '{Child}', '{{{Child}}}'", "1, 10, 0, NULL, NULL")]
    [InlineData("there are three states", $"'{Root}', '{Root}', NULL, '{{}}'", "3, 10, 0, NULL, NULL")]
    [InlineData("spending stays within the budget", $"'{Root}', '{Root}', NULL, '{{}}'", "1, 10, 11, NULL, NULL")]
    [InlineData("a budget is not negative", $"'{Root}', '{Root}', NULL, '{{}}'", "1, -1, -1, NULL, NULL")]
    [InlineData("an ended task has a time of its end", $"'{Root}', '{Root}', NULL, '{{}}'", "2, 10, 0, NULL, 1")]
    [InlineData("an ended task has a cause", $"'{Root}', '{Root}', NULL, '{{}}'", "2, 10, 0, now(), NULL")]
    [InlineData("an active task has no end", $"'{Root}', '{Root}', NULL, '{{}}'", "1, 10, 0, now(), 1")]
    public async Task A_task_that_contradicts_itself_is_refused(string rule, string identity, string life)
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var refused = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync(TaskSql(identity, life)));

        Assert.True(refused.SqlState == PostgresErrorCodes.CheckViolation, $"{rule}: {refused.MessageText}");
    }

    [Theory]
    [InlineData($"'{Root}', '{Root}', NULL, '{{}}'", "1, 10, 10, NULL, NULL")]
    [InlineData($"'{Child}', '{Root}', '{Root}', '{{{Root}}}'", "0, 0, 0, NULL, NULL")]
    [InlineData($"'{Root}', '{Root}', NULL, '{{}}'", "2, 10, 0, now(), 7")]
    public async Task A_task_that_does_not_is_taken(string identity, string life)
    {
        await using var database = await postgres.CreateDatabaseAsync();

        Assert.Equal(1, await database.ExecuteAsync(TaskSql(identity, life)));
    }

    [Fact]
    public async Task There_is_one_head_of_the_catalog_for_ever()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync("INSERT INTO catalog_head (version) VALUES (1)"));
        await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync("INSERT INTO catalog_head (one, version) VALUES (false, 1)"));
    }

    [Fact]
    public async Task The_floor_of_a_moment_is_the_lowest_id_of_its_millisecond()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var seed = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        for (var n = 0; n < 200; n++)
        {
            var moment = seed.AddMilliseconds(n * 7_919_113.0);
            var floor = await database.ScalarAsync<Guid>("SELECT uuid_floor($1)", moment.UtcDateTime);
            var next = await database.ScalarAsync<Guid>("SELECT uuid_floor($1)", moment.AddMilliseconds(1).UtcDateTime);
            var id = Guid.CreateVersion7(moment);

            Assert.True(await database.ScalarAsync<bool>("SELECT $1::uuid <= $2 AND $2 < $3", floor, id, next), $"{floor} <= {id} < {next}");
            Assert.True(floor.CompareTo(id) <= 0 && id.CompareTo(next) < 0, "the program orders ids as the database does");
        }
    }

    [Fact]
    public async Task A_token_lies_where_its_task_lies_by_time()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var midnight = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
        var task = TaskId.New(midnight.AddMilliseconds(-1));
        var jti = Jti.Derive(task, RequestId.Of(new Guid(Root)));

        Assert.True(await database.ScalarAsync<bool>("SELECT $1::uuid < uuid_floor($2) AND $1 >= uuid_floor($3)",
            jti.Value, midnight.UtcDateTime, midnight.AddDays(-1).UtcDateTime));
    }

    [Fact]
    public async Task A_token_outside_every_partition_is_refused_not_lost()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var refused = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync(
            "INSERT INTO revocations (id, kind, subject, cause) VALUES ('00000000-0000-7000-8000-000000000000', 2, 's', 'c')"));

        Assert.Equal(PostgresErrorCodes.CheckViolation, refused.SqlState);
    }

    [Fact]
    public async Task What_the_audit_hashed_is_kept_byte_for_byte()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        const string payload = """{"b": 1.0,  "a":1e2, "a":"twice", "é":"é"}""";

        await database.ExecuteAsync("INSERT INTO audit_entries (id, kind, payload, leaf_hash) VALUES ($1, 1, $2::json, sha256('x'))",
            Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), payload);

        Assert.Equal(payload, await database.ScalarAsync<string>("SELECT payload::text FROM audit_entries"));
    }

    [Fact]
    public async Task Unread_entries_are_told_from_uncommitted_ones_by_the_snapshot_horizon()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        const string insert = "INSERT INTO revocations (id, kind, subject, cause) VALUES ($1, 2, $2, 'test')";
        const string settled = "SELECT subject FROM revocations WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, id";
        await using var open = await database.DataSource.OpenConnectionAsync(Ct);
        await using var slow = await open.BeginTransactionAsync(Ct);
        await using (var first = new NpgsqlCommand(insert, open)
            { Parameters = { new() { Value = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()) }, new() { Value = "slow" } } })
        {
            await first.ExecuteNonQueryAsync(Ct);
        }
        await database.ExecuteAsync(insert, Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), "quick");

        Assert.Empty(await database.ColumnAsync<string>(settled));
        await slow.CommitAsync(Ct);
        // The horizon is the cluster's: transactions of other tests hold it back, and end.
        await TestDatabase.UntilAsync(async () => (await database.ColumnAsync<string>(settled)).Count == 2);
        Assert.Equal(["slow", "quick"], await database.ColumnAsync<string>(settled));
    }

    /// <param name="identity">id, root_id, parent_id, ancestors.</param>
    /// <param name="life">state, budget, spent, ended_at, end_cause.</param>
    private static string TaskSql(string identity, string life) => $"""
        INSERT INTO tasks (workload, initiator, intent, envelope, catalog_version, deadline,
                           id, root_id, parent_id, ancestors, state, budget, spent, ended_at, end_cause)
        VALUES ('spiffe://example.org/agent', 'user:ada', 'tidy', '[]', 1, now() + interval '1 hour', {identity}, {life})
        """;
}
