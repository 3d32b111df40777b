using CredBroker.Core.Tasks;
using CredBroker.Server.Ledger;
using Npgsql;

namespace CredBroker.IntegrationTests.Ledger;

public sealed class TaskEndingTests(Postgres postgres)
{
    [Fact]
    public async Task A_task_ends_with_all_below_it_and_nothing_above_or_beside()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var root = await ledger.StartTaskAsync();
        var named = await ledger.StartTaskAsync(root);
        var beside = await ledger.StartTaskAsync(root);
        var below = await ledger.StartTaskAsync(await ledger.StartTaskAsync(named));
        var elsewhere = await ledger.StartTaskAsync();

        var ended = await ledger.EndAsync(EndCause.Failed, named);

        Assert.Equal(3, ended.Count);
        var itself = Assert.Single(ended, task => task.Cause == EndCause.Failed);
        Assert.Equal((named, root, root), (itself.Id, itself.RootId, itself.ParentId));
        Assert.Equal(("spiffe://test/agent", "user:alice"), (itself.Workload, itself.Initiator));
        Assert.Equal(2, ended.Count(task => task.Cause == EndCause.AncestorEnded));
        Assert.Equal((TaskState.Ended, EndCause.Failed, "done"), await StoredAsync(ledger, named));
        Assert.Equal((TaskState.Ended, EndCause.AncestorEnded, null), await StoredAsync(ledger, below));
        foreach (var live in (TaskId[])[root, beside, elsewhere]) Assert.True((await ledger.Tasks.ReadAsync(live, TestLedger.Ct))!.Live);
    }

    [Fact]
    public async Task Each_ended_task_has_its_audit_entry_and_the_top_of_each_tree_its_revocation()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var one = await ledger.StartTaskAsync();
        var belowOne = await ledger.StartTaskAsync(one);
        var two = await ledger.StartTaskAsync();

        var ended = await ledger.EndAsync(EndCause.Revoked, one, belowOne, two);

        Assert.All(ended, task => Assert.Equal(EndCause.Revoked, task.Cause));
        Assert.Equal(ended.Select(task => task.Id.Value).Order(),
            (await ledger.ScalarAsync<Guid[]>("SELECT array_agg(task_id) FROM audit_entries WHERE kind = 4")).Order());
        Assert.True(await ledger.ScalarAsync<bool>("SELECT bool_and(leaf_hash = sha256('\\x00'::bytea || payload::text::bytea)) FROM audit_entries"));
        Assert.Equal(new[] { one.ToString(), two.ToString() }.Order(),
            (await ledger.ScalarAsync<string[]>("""
                SELECT array_agg(subject) FROM revocations WHERE kind = 1 AND cause = 'revoked' AND audience IS NULL
                """)).Order());
    }

    [Fact]
    public async Task Those_who_listen_are_woken_once_after_the_commit()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var task = await ledger.StartTaskAsync();
        await ledger.StartTaskAsync(task);
        await using var listener = await ledger.Database.OpenConnectionAsync(TestLedger.Ct);
        var woken = 0;
        listener.Notification += (_, e) => woken += e.Channel == TaskEnding.Channel ? 1 : 0;
        await ExecuteAsync(listener, $"LISTEN {TaskEnding.Channel}");

        await ledger.EndAsync(EndCause.Completed, task);
        await listener.WaitAsync(TestLedger.Ct);
        await ExecuteAsync(listener, "SELECT 1");

        Assert.Equal(1, woken);
    }

    [Fact]
    public async Task Ending_again_or_what_never_was_changes_and_records_nothing()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var task = await ledger.StartTaskAsync();
        await ledger.StartTaskAsync(task);
        await ledger.EndAsync(EndCause.Completed, task);
        var before = await StoredAsync(ledger, task);

        Assert.Empty(await ledger.EndAsync(EndCause.Failed, task, TaskId.New(TestLedger.Now)));
        Assert.Empty(await ledger.EndAsync(EndCause.Failed));

        Assert.Equal(before, await StoredAsync(ledger, task));
        Assert.Equal(2L, await ledger.ScalarAsync<long>("SELECT count(*) FROM audit_entries"));
        Assert.Equal(1L, await ledger.ScalarAsync<long>("SELECT count(*) FROM revocations"));
    }

    [Fact]
    public async Task A_waiting_task_ends_too()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var root = await ledger.StartTaskAsync();
        var waiting = await ledger.StartTaskAsync(root);
        await ledger.ExecuteAsync("UPDATE tasks SET state = 0 WHERE id = $1", waiting.Value);

        Assert.Equal(2, (await ledger.EndAsync(EndCause.Completed, root)).Count);
    }

    [Fact]
    public async Task A_task_is_not_ended_when_its_transaction_is_rolled_back()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var task = await ledger.StartTaskAsync();
        await using (var connection = await ledger.Database.OpenConnectionAsync(TestLedger.Ct))
        await using (var transaction = await connection.BeginTransactionAsync(TestLedger.Ct))
            await ledger.Ending.EndAsync(transaction, new([task], EndCause.Completed, null, TestLedger.EntryOf), TestLedger.Ct);

        Assert.True((await ledger.Tasks.ReadAsync(task, TestLedger.Ct))!.Live);
        Assert.Equal(0L, await ledger.ScalarAsync<long>("SELECT count(*) FROM audit_entries"));
    }

    // The hole that share-locking the parent alone leaves: the end waits for the creator of a grandchild, and must not miss it.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_grandchild_that_is_being_created_ends_with_its_root(int ended)
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var root = await ledger.StartTaskAsync();
        var child = await ledger.StartTaskAsync(root);
        await using var connection = await ledger.Database.OpenConnectionAsync(TestLedger.Ct);
        await using var creating = await connection.BeginTransactionAsync(TestLedger.Ct);
        var grandchild = await TestLedger.StartTaskAsync(creating, child);

        var end = ledger.EndAsync(EndCause.Completed, ended == 0 ? root : child);
        await ledger.UntilAsync("EXISTS (SELECT FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted)");
        await creating.CommitAsync(TestLedger.Ct);

        Assert.Equal(3 - ended, (await end).Count);
        Assert.Equal(TaskState.Ended, (await ledger.Tasks.ReadAsync(grandchild!.Value, TestLedger.Ct))!.State);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_grandchild_cannot_be_created_under_what_is_being_ended(int ended)
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var root = await ledger.StartTaskAsync();
        var child = await ledger.StartTaskAsync(root);
        await using var connection = await ledger.Database.OpenConnectionAsync(TestLedger.Ct);
        await using var ending = await connection.BeginTransactionAsync(TestLedger.Ct);
        await ledger.Ending.EndAsync(ending, new([ended == 0 ? root : child], EndCause.Completed, null, TestLedger.EntryOf), TestLedger.Ct);

        var creating = Assert.ThrowsAsync<InvalidOperationException>(() => ledger.StartTaskAsync(child));
        await ledger.UntilAsync("EXISTS (SELECT FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted)");
        await ending.CommitAsync(TestLedger.Ct);

        await creating;
        Assert.Equal(ended == 0 ? 0L : 1L, await ledger.ScalarAsync<long>("SELECT count(*) FROM tasks WHERE state < 2"));
    }

    [Fact]
    public async Task A_thousand_descendants_end_at_the_cost_of_a_thousand_rows_and_no_token_is_looked_at()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var root = await ledger.StartTaskAsync();
        await ManyAsync(ledger, root, 1_000);
        await ledger.ExecuteAsync("""
            INSERT INTO tasks (id, root_id, workload, initiator, intent, envelope, catalog_version, state, deadline, budget)
            SELECT id, id, 'w', 'i', 'n', '[]', 0, 1, now() + interval '1 hour', 10
            FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, 20000) OFFSET 0) AS made
            """);
        await ledger.ExecuteAsync("""
            INSERT INTO tokens (jti, task_id, tool, action, resource, parameters, audience, kid, issued_at, expires_at, decision_id, ask_digest,
                                token_hash, decided_history, decided_catalog)
            SELECT (left(t.id::text, 14) || '8' || substr(gen_random_uuid()::text, 16))::uuid, t.id, 'a', 'b', 'c', '{}', 'd', 'k', now(),
              now() + interval '1 minute', gen_random_uuid(), sha256('x'), sha256('y'), 0, 0
            FROM tasks t, generate_series(1, 10) WHERE t.root_id = $1
            """, root.Value);
        await ledger.ExecuteAsync("ANALYZE");
        await using var connection = await ledger.Database.OpenConnectionAsync(TestLedger.Ct);
        await using var transaction = await connection.BeginTransactionAsync(TestLedger.Ct);
        const string Statistics = "FROM pg_stat_xact_user_tables WHERE relname";
        const string Updated = $"SELECT n_tup_upd {Statistics} = 'tasks'";
        const string Read = $"SELECT seq_tup_read + idx_tup_fetch {Statistics} = 'tasks'";
        const string Tokens = $"SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0) + n_tup_upd)::bigint {Statistics} LIKE 'tokens%'";
        // The session's counters hold what it did lately, before this transaction too.
        long[] before = [await ScalarAsync(transaction, Updated), await ScalarAsync(transaction, Read), await ScalarAsync(transaction, Tokens)];

        var ended = await ledger.Ending.EndAsync(transaction, new([root], EndCause.Completed, null, TestLedger.EntryOf), TestLedger.Ct);

        Assert.Equal(1_001, ended.Count);
        Assert.Equal(1_001L, await ScalarAsync(transaction, Updated) - before[0]);
        Assert.InRange(await ScalarAsync(transaction, Read) - before[1], 1_001, 6_000);
        Assert.Equal(before[2], await ScalarAsync(transaction, Tokens));
        await transaction.CommitAsync(TestLedger.Ct);
        Assert.Equal(1_001L, await ledger.ScalarAsync<long>("SELECT count(*) FROM audit_entries"));
        Assert.Equal(1L, await ledger.ScalarAsync<long>("SELECT count(*) FROM revocations"));
    }

    [Fact]
    public async Task A_cause_that_no_caller_can_name_is_refused()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var task = await ledger.StartTaskAsync();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ledger.EndAsync(EndCause.AncestorEnded, task));
    }

    private static async Task ManyAsync(TestLedger ledger, TaskId root, int count) => await ledger.ExecuteAsync("""
        INSERT INTO tasks (id, root_id, parent_id, ancestors, workload, initiator, intent, envelope, catalog_version, state, deadline, budget)
        SELECT (left($1::uuid::text, 15) || 'fff-' || substr(gen_random_uuid()::text, 20))::uuid, $1, $1, ARRAY[$1], 'w', 'i', 'n', '[]', 0, 1,
          now() + interval '1 hour', 10
        FROM generate_series(1, $2)
        """, root.Value, count);

    private static async Task<(TaskState State, EndCause? Cause, string? Summary)> StoredAsync(TestLedger ledger, TaskId task)
    {
        var row = await ledger.Tasks.ReadAsync(task, TestLedger.Ct);
        return (row!.State, row.EndCause, row.EndSummary);
    }

    private static async Task<long> ScalarAsync(NpgsqlTransaction transaction, string sql)
    {
        await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
        return (long)(await command.ExecuteScalarAsync(TestLedger.Ct))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestLedger.Ct);
    }
}
