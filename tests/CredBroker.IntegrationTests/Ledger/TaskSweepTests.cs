using CredBroker.Core.Tasks;
using CredBroker.Server.Ledger;

namespace CredBroker.IntegrationTests.Ledger;

public sealed class TaskSweepTests(Postgres postgres)
{
    [Theory]
    [InlineData(EndCause.Deadline, "deadline")]
    [InlineData(EndCause.HeartbeatLost, "heartbeat_due")]
    internal async Task What_is_overdue_ends_with_all_below_it(EndCause cause, string column)
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var root = await ledger.StartTaskAsync();
        var overdue = await ledger.StartTaskAsync(root, heartbeat: TimeSpan.FromMinutes(1));
        var below = await ledger.StartTaskAsync(overdue, heartbeat: TimeSpan.FromMinutes(1));
        await ledger.ExecuteAsync($"UPDATE tasks SET {column} = now() WHERE id = $1", overdue.Value);

        Assert.Equal(1, await SweepOf(ledger).EndOverdueAsync(cause, TestLedger.EntryOf, TestLedger.Ct));

        Assert.Equal(cause, (await ledger.Tasks.ReadAsync(overdue, TestLedger.Ct))!.EndCause);
        Assert.Equal(EndCause.AncestorEnded, (await ledger.Tasks.ReadAsync(below, TestLedger.Ct))!.EndCause);
        Assert.True((await ledger.Tasks.ReadAsync(root, TestLedger.Ct))!.Live);
        Assert.Equal(2L, await ledger.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE kind = 4"));
        Assert.Equal(overdue.ToString(), await ledger.ScalarAsync<string>("SELECT subject FROM revocations"));
        Assert.Equal(0, await SweepOf(ledger).EndOverdueAsync(cause, TestLedger.EntryOf, TestLedger.Ct));
    }

    [Fact]
    public async Task One_sweep_takes_no_more_than_its_limit_and_the_most_overdue_first()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        await OverdueAsync(ledger, TaskSweep.Limit + 50);
        var sweep = SweepOf(ledger);

        Assert.Equal(TaskSweep.Limit, await sweep.EndOverdueAsync(EndCause.Deadline, TestLedger.EntryOf, TestLedger.Ct));
        Assert.True(await ledger.ScalarAsync<bool>(
            "SELECT max(deadline) FILTER (WHERE state = 2) < min(deadline) FILTER (WHERE state < 2) FROM tasks"));
        Assert.Equal(50, await sweep.EndOverdueAsync(EndCause.Deadline, TestLedger.EntryOf, TestLedger.Ct));
    }

    [Fact]
    public async Task Sweeps_of_two_replicas_share_the_work_and_end_each_task_once()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        await OverdueAsync(ledger, 1_000);

        var taken = await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            var sum = 0;
            for (int once; (once = await SweepOf(ledger).EndOverdueAsync(EndCause.Deadline, TestLedger.EntryOf, TestLedger.Ct)) > 0;) sum += once;
            return sum;
        }));

        Assert.Equal(1_000, taken.Sum());
        Assert.Equal(1_000L, await ledger.ScalarAsync<long>("SELECT count(*) FROM audit_entries"));
        Assert.Equal(0L, await ledger.ScalarAsync<long>("SELECT count(*) FROM tasks WHERE state < 2"));
    }

    [Fact]
    public async Task A_task_that_somebody_holds_is_left_for_the_next_sweep()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var held = await ledger.StartTaskAsync();
        var free = await ledger.StartTaskAsync();
        await ledger.ExecuteAsync("UPDATE tasks SET deadline = now()");

        await using (await ledger.HoldAsync(held))
            Assert.Equal(1, await SweepOf(ledger).EndOverdueAsync(EndCause.Deadline, TestLedger.EntryOf, TestLedger.Ct));

        Assert.Equal(TaskState.Ended, (await ledger.Tasks.ReadAsync(free, TestLedger.Ct))!.State);
        Assert.Equal(TaskState.Active, (await ledger.Tasks.ReadAsync(held, TestLedger.Ct))!.State);
        Assert.Equal(1, await SweepOf(ledger).EndOverdueAsync(EndCause.Deadline, TestLedger.EntryOf, TestLedger.Ct));
    }

    [Fact]
    public async Task Sweeping_while_trees_are_ended_from_their_middle_leaves_nobody_waiting_for_ever()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        for (var round = 0; round < 5; round++)
        {
            var middles = new List<TaskId>();
            for (var i = 0; i < 4; i++)
            {
                var middle = await ledger.StartTaskAsync(await ledger.StartTaskAsync());
                middles.Add(middle);
                await ledger.StartTaskAsync(await ledger.StartTaskAsync(middle));
            }

            await ledger.ExecuteAsync("UPDATE tasks SET deadline = now() WHERE state < 2");
            await Task.WhenAll([
                SweepOf(ledger).EndOverdueAsync(EndCause.Deadline, TestLedger.EntryOf, TestLedger.Ct),
                .. middles.Select(async middle => (await ledger.EndAsync(EndCause.Completed, middle)).Count)]);
            while (await SweepOf(ledger).EndOverdueAsync(EndCause.Deadline, TestLedger.EntryOf, TestLedger.Ct) > 0) { }

            Assert.Equal(0L, await ledger.ScalarAsync<long>("SELECT count(*) FROM tasks WHERE state < 2"));
            Assert.Equal(16L * (round + 1), await ledger.ScalarAsync<long>("SELECT count(*) FROM audit_entries"));
        }
    }

    [Fact]
    public async Task Only_a_clock_makes_a_task_overdue()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            SweepOf(ledger).EndOverdueAsync(EndCause.Revoked, TestLedger.EntryOf, TestLedger.Ct));
    }

    private static TaskSweep SweepOf(TestLedger ledger) => new(ledger.Database, ledger.Ending);

    private static async Task OverdueAsync(TestLedger ledger, int count) => await ledger.ExecuteAsync("""
        INSERT INTO tasks (id, root_id, workload, initiator, intent, envelope, catalog_version, state, deadline, budget)
        SELECT id, id, 'w', 'i', 'n', '[]', 0, n % 2, now() - n * interval '1 second', 10
        FROM (SELECT gen_random_uuid() AS id, n FROM generate_series(1, $1) AS n OFFSET 0) AS made
        """, count);
}
