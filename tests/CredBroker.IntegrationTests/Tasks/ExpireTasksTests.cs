using CredBroker.Core.Tasks;
using CredBroker.IntegrationTests.Ledger;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;
using EndCause = CredBroker.Core.Tasks.EndCause;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Tasks;

/// <summary>A task that nobody ends ends by itself: at its deadline, or when its heartbeat is lost, and whoever is left to see to it.</summary>
public sealed class ExpireTasksTests(Postgres postgres) : IAsyncLifetime
{
    // As if a minute had passed.
    private const string BringForward = "UPDATE tasks SET deadline = deadline - interval '1 min', heartbeat_due = heartbeat_due - interval '1 min'";

    private TestDatabase database = null!;

    public async ValueTask InitializeAsync() => database = await postgres.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task On_a_broker_that_nobody_calls_overdue_tasks_are_ended_and_recorded_with_their_causes()
    {
        await using var broker = await TestBroker.StartAsync(database);
        var tasks = await OverdueSoonAsync(broker);
        var untouched = await StartAsync(broker, _ => { });

        await EndedAsync(tasks);

        await using var backend = await broker.JoinAsync("backend");
        foreach (var token in new[] { tasks.Late.Token, tasks.Lost.Token })
            Assert.Equal(new IntrospectResponse(), await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = token }));
        Assert.True((await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = untouched.Token })).Active);
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM tasks WHERE state = 1"));
    }

    [Fact]
    public async Task Another_replica_ends_the_tasks_of_one_that_is_gone()
    {
        await using var left = await TestBroker.StartAsync(database);
        (Held Late, Held Lost) tasks;
        await using (var gone = await TestBroker.StartAsync(database)) tasks = await OverdueInAsync(gone, TimeSpan.FromMinutes(1));
        await database.ExecuteAsync(BringForward);

        await EndedAsync(tasks);
    }

    [Fact]
    public async Task Tasks_that_became_overdue_while_no_broker_ran_are_ended_by_the_first_that_starts()
    {
        (Held Late, Held Lost) tasks;
        await using (var gone = await TestBroker.StartAsync(database)) tasks = await OverdueInAsync(gone, TimeSpan.FromMinutes(1));
        await database.ExecuteAsync(BringForward);
        Assert.Equal(2L, await database.ScalarAsync<long>("SELECT count(*) FROM tasks WHERE state = 1"));

        await using var next = await TestBroker.StartAsync(database);

        await EndedAsync(tasks);
    }

    [Theory]
    [InlineData("deadline")]
    [InlineData("heartbeat_due")]
    public async Task From_the_moment_that_it_is_due_no_token_of_a_task_is_active_whether_the_job_ran_or_not(string clock)
    {
        await using var broker = await TestBroker.StartAsync(database);
        await using var backend = await broker.JoinAsync("backend");
        var overdue = await OverdueSoonAsync(broker);
        var task = clock == "deadline" ? overdue.Late : overdue.Lost;
        var sawActive = false;
        // The job passes over tasks that somebody else works on.
        await using (await database.DataSource.HoldAsync(task.Id))
        {
            for (var due = false; !due;)
            {
                due = await database.ScalarAsync<bool>($"SELECT {clock} <= clock_timestamp() FROM tasks WHERE id = $1", task.Id.Value);
                var active = (await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = task.Token })).Active;
                Assert.False(due && active, "active although it was due before the question");
                sawActive |= active;
            }

            Assert.True(sawActive);
            Assert.Equal(1, await database.ScalarAsync<short>("SELECT state FROM tasks WHERE id = $1", task.Id.Value));
            Assert.DoesNotContain(
                (await broker.OverSocket().Admin.StandingAccessAsync(new StandingAccessRequest())).Credentials, held => held.TaskId == task.Id.ToString());
        }

        await EndedAsync(overdue);
    }

    // Five seconds: time enough for the mint on a machine that is busy with other tests.
    private static Task<(Held Late, Held Lost)> OverdueSoonAsync(TestBroker broker) => OverdueInAsync(broker, TimeSpan.FromSeconds(5));

    private static async Task<(Held Late, Held Lost)> OverdueInAsync(TestBroker broker, TimeSpan time)
    {
        var soon = Duration.FromTimeSpan(time);
        return (await StartAsync(broker, start => start.TimeToLive = soon), await StartAsync(broker, start => start.HeartbeatInterval = soon));
    }

    private static async Task<Held> StartAsync(TestBroker broker, Action<StartTaskRequest> change)
    {
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start().Changed(change))).Task.TaskId;
        var minted = await agent.Tokens.MintAsync(Story.Mint(task));
        Assert.True(TaskId.TryParse(task, out var id));
        return new(id, minted.Token);
    }

    // Looks at the database only: nobody calls a broker.
    private async Task EndedAsync((Held Late, Held Lost) tasks)
    {
        foreach (var (task, due, cause, name) in new[]
        {
            (tasks.Late.Id.Value, "deadline", EndCause.Deadline, "deadline"),
            (tasks.Lost.Id.Value, "heartbeat_due", EndCause.HeartbeatLost, "heartbeat_lost"),
        })
        {
            await TestDatabase.UntilAsync(async () => await database.ScalarAsync<short>("SELECT state FROM tasks WHERE id = $1", task) == 2);
            Assert.True(await database.ScalarAsync<bool>($"SELECT end_cause = $2 AND ended_at >= {due} FROM tasks WHERE id = $1", task, (short)cause));
            Assert.Equal(
                [$"{cause} by broker, 1 token"],
                await database.ColumnAsync<string>("""
                    SELECT (payload->>'cause') || ' by ' || (payload->>'by') || ', ' || (payload->>'tokens') || ' token'
                    FROM audit_entries WHERE kind = 4 AND task_id = $1
                    """, task));
            Assert.Equal(
                [name],
                await database.ColumnAsync<string>("SELECT cause FROM revocations WHERE kind = 1 AND subject = $1", task.ToString()));
        }
    }

    private sealed record Held(TaskId Id, string Token);
}
