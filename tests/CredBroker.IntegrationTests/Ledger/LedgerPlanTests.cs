using System.Text.RegularExpressions;
using CredBroker.Core.Tokens;
using CredBroker.Server.Ledger;
using Npgsql;

namespace CredBroker.IntegrationTests.Ledger;

/// <summary>The plans are generic and kept for the life of a connection, so they must be right whatever the tables hold.</summary>
public sealed partial class LedgerPlanTests(Postgres postgres)
{
    [Fact]
    public async Task Partitions_that_cannot_hold_a_token_are_not_touched_by_a_read()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var ask = await ledger.AskAsync(await ledger.StartTaskAsync());
        await ledger.Mints.CommitAsync(ask, TestLedger.Ct);
        var partitions = (int)await ledger.ScalarAsync<long>("SELECT count(*) FROM pg_inherits WHERE inhparent = 'tokens'::regclass");

        var plan = await RunAsync(ledger, TokenStatement.Sql, ask.Jti);

        Assert.True(partitions > 3);
        Assert.Equal((partitions, partitions - 1), (Partition().Count(plan), NeverExecuted().Count(plan)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    public async Task Partitions_that_cannot_hold_a_token_or_its_uses_are_not_touched_by_a_use(int? uses)
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var use = (await ledger.UseAsync(await ledger.MintAsync(uses))).Use;
        await using var connection = await ledger.Parts.Source.OpenAsync();
        await ExecuteAsync(connection, $"PREPARE judging ({string.Join(", ", Enumerable.Repeat("unknown", 14))}) AS {AuthorizeSql.Judge}");

        static string Array(object? element) => $"'{{{element}}}'";
        var plan = await ExplainAsync(connection, $"""
            EXPLAIN (ANALYZE, COSTS off, TIMING off) EXECUTE judging ({Array(use.Id)}, {Array(use.Jti)}, {Array(TestLedger.Kid)}, {Array(0)}, {Array(0)},
              ARRAY[sha256('x')], {Array(use.Decision)}, {Array("[]")}, {Array(use.Id)}, {Array(20)}, ARRAY['[]'], ARRAY[sha256('x')],
              {Array(uses is null ? null : use.Jti)}, true)
            """);

        // The tokens are looked at for the ask; the counted ones also to lock them, and to take the use.
        Assert.Equal(uses is null ? 1 : 3, Partition().Count(plan) - NeverExecuted().Count(plan));
        Assert.Equal(1, UsePartition().Count(plan) - UseNeverExecuted().Count(plan));
        Assert.True(UsePartition().Count(plan) > 3);
    }

    [Fact]
    public async Task The_obvious_form_of_that_read_would_touch_them_all()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var ask = await ledger.AskAsync(await ledger.StartTaskAsync());

        var plan = await RunAsync(ledger, "SELECT * FROM tokens t WHERE t.jti = ANY($1::uuid[])", ask.Jti);

        Assert.True(Partition().Count(plan) > 3);
        Assert.Equal(0, NeverExecuted().Count(plan));
    }

    // With few tasks, or none, an index of all live tasks looks as good as the primary key, and reading the whole table better than both.
    [Theory]
    [InlineData(MintSql.LockRows, 2, "uuid[]")]
    [InlineData(MintSql.Judge, 24, "unknown")]
    [InlineData(AuthorizeSql.Judge, 14, "unknown")]
    [InlineData(TaskStatement.Sql, 1, "unknown")]
    [InlineData(TokenStatement.Sql, 1, "unknown")]
    [InlineData(LiveTokenStatement.Sql, 1, "unknown")]
    [InlineData(LiveTokenStatement.RememberSql, 1, "unknown")]
    public async Task A_plan_made_while_there_are_few_tasks_finds_them_by_their_ids_all_the_same(string sql, int parameters, string type)
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        for (var i = 0; i < 3; i++) await ledger.StartTaskAsync();
        await ledger.ExecuteAsync("VACUUM ANALYZE tasks");
        await using var connection = await ledger.Parts.Source.OpenAsync();
        await ExecuteAsync(connection, $"PREPARE planned ({string.Join(", ", Enumerable.Repeat(type, parameters))}) AS {sql}");

        var plan = await ExplainAsync(connection, $"EXPLAIN EXECUTE planned ({string.Join(", ", Enumerable.Repeat("NULL", parameters))})");

        Assert.Contains("tasks_pkey", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("tasks_live", plan, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"Seq Scan on (?!catalog_head)", plan);
        // All of a small table, read and hashed: the plan stays when the table has grown.
        Assert.DoesNotMatch(@"Scan using tasks_pkey on tasks \w+ (?!.*\n +Index Cond)", plan);
    }

    [Fact]
    public async Task The_feed_is_followed_by_its_index_however_short_it_was_when_that_was_planned()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        await ledger.ExecuteAsync("VACUUM ANALYZE revocations");
        await using var connection = await ledger.Parts.Source.OpenAsync();
        await ExecuteAsync(connection, $"PREPARE planned (xid8) AS {RevokedSince.Sql}");

        var plan = await ExplainAsync(connection, "EXPLAIN EXECUTE planned (NULL)");

        Assert.Matches(@"Index (Only )?Scan using revocations_\d+_xid_id_idx", plan);
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
    }

    // Of a long feed the planner thinks that a third is asked for, and would have it sorted out by several processes.
    [Fact]
    public async Task Of_a_feed_that_is_long_no_more_is_read_than_is_looked_at()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        await ledger.ExecuteAsync("""
            INSERT INTO revocations (id, kind, subject, cause)
            SELECT overlay(uuid_floor(now())::text PLACING lpad(to_hex(n), 12, '0') FROM 25)::uuid, 1, gen_random_uuid()::text, 'test'
            FROM generate_series(1, 120000) AS n
            """);
        await ledger.ExecuteAsync("VACUUM ANALYZE revocations");
        await using var connection = await ledger.Parts.Source.OpenAsync();
        await ExecuteAsync(connection, $"PREPARE reading (xid8) AS {RevokedSince.Sql}");

        var none = await ExplainAsync(connection, $"EXPLAIN (ANALYZE, COSTS off, TIMING off) EXECUTE reading ('{ulong.MaxValue}')");
        var all = await ExplainAsync(connection, "EXPLAIN (ANALYZE, COSTS off, TIMING off) EXECUTE reading ('1')");

        Assert.DoesNotMatch("Gather|Seq Scan|Bitmap|Sort Method|Incremental", none);
        Assert.DoesNotMatch(@"rows=(1[0-9]{4}|[2-9][0-9]{3,}|[0-9]{6,})", all);
        Assert.Contains("rows=1001", all, StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(TestLedger ledger, string sql, Jti jti)
    {
        await using var connection = await ledger.Parts.Source.OpenAsync();
        await ExecuteAsync(connection, $"PREPARE reading (uuid[]) AS {sql}");
        return await ExplainAsync(connection, $"EXPLAIN (ANALYZE, COSTS off, TIMING off) EXECUTE reading ('{{{jti}}}')");
    }

    private static async Task<string> ExplainAsync(NpgsqlConnection connection, string sql)
    {
        await using var explain = new NpgsqlCommand(sql, connection);
        await using var reader = await explain.ExecuteReaderAsync(TestLedger.Ct);
        var lines = new List<string>();
        while (await reader.ReadAsync(TestLedger.Ct)) lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestLedger.Ct);
    }

    [GeneratedRegex(@"Scan.* on tokens_\d+\b")]
    private static partial Regex Partition();

    [GeneratedRegex(@"Scan.* on tokens_\d+\b.*never executed")]
    private static partial Regex NeverExecuted();

    [GeneratedRegex(@"Scan.* on authorizations_\d+\b")]
    private static partial Regex UsePartition();

    [GeneratedRegex(@"Scan.* on authorizations_\d+\b.*never executed")]
    private static partial Regex UseNeverExecuted();
}
