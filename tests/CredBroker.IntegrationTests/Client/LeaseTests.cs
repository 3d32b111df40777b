using CredBroker.Client;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Client;

/// <summary>A lease at a whole broker, whose database says when a heartbeat is late.</summary>
public sealed class LeaseTests(Postgres postgres) : IAsyncLifetime
{
    private const string Late = "SELECT clock_timestamp() > $1";

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private TestBroker broker = null!;
    private AgentSession session = null!;

    public async ValueTask InitializeAsync()
    {
        broker = await TestBroker.StartAsync(postgres);
        session = await broker.AgentAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await session.DisposeAsync();
        await broker.DisposeAsync();
    }

    [Fact]
    public async Task Heartbeats_keep_a_task_alive_past_its_interval_until_it_is_ended()
    {
        // A beat every three seconds: a busy machine has six to spare.
        await using var lease = await StartAsync(session, TimeSpan.FromSeconds(9));
        var firstDue = lease.Started.HeartbeatDue.ToDateTime();

        await TestDatabase.UntilAsync(() => broker.Database.ScalarAsync<bool>(Late, firstDue));
        var alive = await TaskAsync(lease.TaskId);
        Assert.Equal(TaskState.Active, alive.State);
        Assert.True(alive.HeartbeatDue.ToDateTime() > firstDue);
        Assert.NotEmpty((await session.Tokens.MintAsync(Story.Mint(lease.TaskId))).Token);
        Assert.False(lease.Ended.IsCancellationRequested);

        var ended = await lease.EndAsync(Outcome.Completed, "done", Ct);
        Assert.Equal((false, EndCause.Completed), (ended.AlreadyEnded, ended.EndCause));
        var over = await TaskAsync(lease.TaskId);
        Assert.Equal((TaskState.Ended, EndCause.Completed, "done"), (over.State, over.EndCause, over.EndSummary));
    }

    [Fact]
    public async Task A_lease_that_is_left_ends_its_task_as_failed_and_its_tokens_with_it()
    {
        await using var backend = await broker.JoinAsync("backend");
        string id, token;
        await using (var lease = await StartAsync(session, TimeSpan.FromMinutes(1)))
        {
            id = lease.TaskId;
            token = (await session.Tokens.MintAsync(Story.Mint(id))).Token;
            Assert.True((await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = token })).Active);
        }

        Assert.Equal((TaskState.Ended, EndCause.Failed), await EndOfAsync(id));
        Assert.Equal(new IntrospectResponse(), await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = token }));
    }

    [Fact]
    public async Task Without_a_way_to_the_broker_both_sides_know_that_the_task_is_lost()
    {
        await using var backend = await broker.JoinAsync("backend");
        var connection = broker.OverSocket();
        await using var cutOff = await AgentSession.AttestAsync(connection, new Evidence.UnixPeer(), Ct);
        await using var lease = await StartAsync(cutOff, TimeSpan.FromSeconds(1));
        var minted = await session.Tokens.MintAsync(Story.Mint(lease.TaskId));

        connection.Dispose();

        await TestDatabase.UntilAsync(async () => await EndOfAsync(lease.TaskId) == (TaskState.Ended, EndCause.HeartbeatLost));
        await TestDatabase.UntilAsync(() => Task.FromResult(lease.Ended.IsCancellationRequested));
        Assert.False((await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = minted.Token })).Active);
    }

    [Fact]
    public async Task A_task_that_an_operator_ends_is_known_to_its_lease_by_the_next_heartbeat()
    {
        await using var lease = await StartAsync(session, TimeSpan.FromSeconds(9));

        await broker.OverSocket().Admin.RevokeAsync(new RevokeRequest { RequestId = TestBroker.NewId(), TaskId = lease.TaskId, Cause = "drill" });

        await TestDatabase.UntilAsync(() => Task.FromResult(lease.Ended.IsCancellationRequested));
        Assert.True(await broker.Database.ScalarAsync<bool>("SELECT clock_timestamp() < $1", lease.Started.Deadline.ToDateTime()));
    }

    private static Task<TaskLease> StartAsync(AgentSession by, TimeSpan interval) =>
        TaskLease.StartAsync(by, Story.Start().Changed(start => start.HeartbeatInterval = Duration.FromTimeSpan(interval)), Ct);

    private async Task<V1.Task> TaskAsync(string id) => (await session.Tasks.GetTaskAsync(new GetTaskRequest { TaskId = id })).Task;

    private async Task<(TaskState State, EndCause Cause)> EndOfAsync(string id) => await TaskAsync(id) is var task ? (task.State, task.EndCause) : default;
}
