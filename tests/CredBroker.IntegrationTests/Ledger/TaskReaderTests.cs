using CredBroker.Core.Tasks;

namespace CredBroker.IntegrationTests.Ledger;

public sealed class TaskReaderTests(Postgres postgres)
{
    [Fact]
    public async Task A_task_is_read_whole_with_the_history_of_its_root()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var root = await ledger.StartTaskAsync();
        var middle = await ledger.StartTaskAsync(root);
        var leaf = await ledger.StartTaskAsync(middle, budget: 7, timeToLive: TimeSpan.FromMinutes(3), heartbeat: TimeSpan.FromSeconds(20));
        await ledger.ExecuteAsync("""UPDATE tasks SET envelope = '[{"tool": "mail"}]', catalog_version = 4, spent = 2 WHERE id = $1""", leaf.Value);
        await ledger.ExecuteAsync("""
            UPDATE tasks SET history = '{data:secret,egress}', history_version = 2, workload = 'spiffe://test/root' WHERE id = $1
            """, root.Value);

        await ledger.ApplyCatalogAsync();

        var row = await ledger.Tasks.ReadAsync(leaf, TestLedger.Ct);

        Assert.NotNull(row);
        Assert.Equal((leaf, root, middle), (row.Id, row.RootId, row.ParentId));
        Assert.Equal([root, middle], row.Ancestors);
        Assert.Equal(["spiffe://test/root", "spiffe://test/agent"], row.AncestorWorkloads);
        Assert.Equal(("spiffe://test/agent", "user:alice", "to test"), (row.Workload, row.Initiator, row.Intent));
        Assert.Equal("""[{"tool": "mail"}]""", row.EnvelopeJson);
        Assert.Equal((TaskState.Active, 7, 2, 4, 2), (row.State, row.Budget, row.Spent, row.CatalogVersion, row.HistoryVersion));
        Assert.Equal(1, row.CatalogInForce);
        Assert.Equal(["data:secret", "egress"], row.History);
        Assert.Equal(TimeSpan.FromSeconds(20), row.HeartbeatInterval);
        Assert.InRange(row.HeartbeatDue!.Value - row.CreatedAt, TimeSpan.FromSeconds(19), TimeSpan.FromSeconds(21));
        Assert.InRange(row.Deadline - row.CreatedAt, TimeSpan.FromSeconds(179), TimeSpan.FromSeconds(181));
        Assert.InRange(row.DatabaseNow, row.CreatedAt, row.CreatedAt.AddMinutes(1));
        Assert.Null(row.EndedAt);
        Assert.True(row.Live);
    }

    [Fact]
    public async Task A_root_has_nothing_above_it_and_may_have_promised_no_heartbeat()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var root = await ledger.StartTaskAsync();

        var row = await ledger.Tasks.ReadAsync(root, TestLedger.Ct);

        Assert.Equal((root, null, null, null), (row!.RootId, row.ParentId, row.HeartbeatInterval, row.HeartbeatDue));
        Assert.Empty(row.Ancestors);
        Assert.Empty(row.AncestorWorkloads);
        Assert.Empty(row.History);
    }

    [Fact]
    public async Task An_ended_task_says_when_why_and_with_what_words()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var task = await ledger.StartTaskAsync();
        await ledger.EndAsync(EndCause.Failed, task);

        var row = await ledger.Tasks.ReadAsync(task, TestLedger.Ct);

        Assert.Equal((TaskState.Ended, EndCause.Failed, "done", false), (row!.State, row.EndCause, row.EndSummary, row.Live));
        Assert.InRange(row.EndedAt!.Value, row.CreatedAt, row.DatabaseNow);
    }

    [Fact]
    public async Task A_task_that_does_not_exist_is_null()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);

        Assert.Null(await ledger.Tasks.ReadAsync(TaskId.New(TestLedger.Now), TestLedger.Ct));
    }

    [Theory]
    [InlineData("UPDATE tasks SET deadline = clock_timestamp() WHERE id = $1")]
    [InlineData("UPDATE tasks SET heartbeat_due = clock_timestamp() WHERE id = $1")]
    [InlineData("UPDATE tasks SET state = 0 WHERE id = $1")]
    [InlineData("UPDATE tasks SET state = 2, ended_at = now(), end_cause = 1 WHERE id = $1")]
    [InlineData("DELETE FROM tasks WHERE id = $1")]
    public async Task What_befalls_a_task_is_the_end_of_all_below_and_of_nothing_above(string blow)
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var path = new List<TaskId> { await ledger.StartTaskAsync() };
        while (path.Count < 4) path.Add(await ledger.StartTaskAsync(path[^1]));

        await ledger.ExecuteAsync(blow, path[1].Value);

        var live = await Task.WhenAll(path.Select(async id => await ledger.Tasks.ReadAsync(id, TestLedger.Ct) is { Live: true }));
        Assert.Equal([true, false, false, false], live);
    }

    [Fact]
    public async Task Many_callers_at_once_each_get_their_own_answer()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var tasks = new List<TaskId>();
        for (var i = 0; i < 5; i++) tasks.Add(await ledger.StartTaskAsync());
        var asked = Enumerable.Range(0, 2_000).Select(i => i % 6 == 5 ? TaskId.New(TestLedger.Now) : tasks[i % 6]).ToList();

        var rows = await Task.WhenAll(asked.Select(id => ledger.Tasks.ReadAsync(id, TestLedger.Ct).AsTask()));

        for (var i = 0; i < asked.Count; i++) Assert.Equal(i % 6 == 5 ? null : asked[i], rows[i]?.Id);
    }
}
