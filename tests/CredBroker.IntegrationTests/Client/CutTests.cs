using CredBroker.Client;
using CredBroker.V1;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Client;

/// <summary>
/// Calls whose answer is lost on the way. The client asks again with the same request id and a new proof, and is told what was done the
/// first time, once.
/// </summary>
public sealed class CutTests(Postgres postgres) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly CuttingNetwork network = new();
    private TestBroker broker = null!;
    private BrokerConnection connection = null!;
    private AgentSession session = null!;

    public async ValueTask InitializeAsync()
    {
        broker = await TestBroker.StartAsync(postgres, options => options.PublicOrigins.Add(network.Origin));
        network.Broker = broker.TcpAddress;
        var secret = await broker.OverSocket().Admin.CreateJoinTokenAsync(new CreateJoinTokenRequest { RequestId = TestBroker.NewId(), Workload = "other" });
        Assert.True(BrokerAddress.TryParse(network.Origin, out var address, out var problem), problem);
        connection = BrokerConnection.Open(address);
        session = await AgentSession.AttestAsync(connection, new Evidence.JoinToken(secret.Secret), Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await session.DisposeAsync();
        connection.Dispose();
        await network.DisposeAsync();
        await broker.DisposeAsync();
    }

    [Fact]
    public async Task A_task_whose_start_was_not_heard_of_is_started_once()
    {
        var started = await LostAsync(() => session.Tasks.StartTaskAsync(Start()), "SELECT count(*) = 1 FROM tasks");

        Assert.Equal(started.Task.TaskId, Assert.Single(await broker.Database.ColumnAsync<Guid>("SELECT id FROM tasks")).ToString());
        Assert.Equal(started.DecisionId, Assert.Single(await broker.Database.ColumnAsync<Guid>(
            "SELECT DISTINCT decision_id FROM audit_entries WHERE task_id = $1", Guid.Parse(started.Task.TaskId))).ToString());
    }

    [Fact]
    public async Task A_token_that_was_not_heard_of_is_minted_once_and_is_the_one_that_is_told()
    {
        await using var backend = await broker.JoinAsync("backend");
        var task = (await session.Tasks.StartTaskAsync(Start())).Task.TaskId;

        var minted = await LostAsync(() => session.Tokens.MintAsync(Story.Mint(task)), "SELECT count(*) = 1 FROM tokens");

        Assert.Equal(minted.Jti, Assert.Single(await broker.Database.ColumnAsync<Guid>("SELECT jti FROM tokens")).ToString());
        Assert.Equal(1, (await session.Tasks.GetTaskAsync(new GetTaskRequest { TaskId = task })).Task.Spent);
        Assert.True((await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = minted.Token })).Active);
    }

    [Fact]
    public async Task A_task_whose_end_was_not_heard_of_is_told_to_have_ended_by_this_call()
    {
        var task = (await session.Tasks.StartTaskAsync(Start())).Task.TaskId;

        var ended = await LostAsync(() => session.Tasks.EndTaskAsync(Story.End(task)), "SELECT bool_and(ended_at IS NOT NULL) FROM tasks");

        Assert.Equal((false, EndCause.Completed), (ended.AlreadyEnded, ended.EndCause));
    }

    [Fact]
    public async Task A_call_that_could_not_be_told_from_another_is_not_repeated()
    {
        network.Mute();
        var asking = session.Attestation.WhoAmIAsync(new WhoAmIRequest()).ResponseAsync;
        await TestDatabase.UntilAsync(() => Task.FromResult(network.HasHeard));
        network.Cut();

        var lost = await Assert.ThrowsAsync<RpcException>(() => asking);

        Assert.True(BrokerRefusal.Of(lost).IsUnreachable, $"{lost.Status}");
        Assert.Equal("other", (await session.Attestation.WhoAmIAsync(new WhoAmIRequest())).Workload);
    }

    // The broker does what the call asks for, which the database shows; then the connection breaks.
    private async Task<T> LostAsync<T>(Func<AsyncUnaryCall<T>> call, string done)
    {
        Assert.False(await broker.Database.ScalarAsync<bool>(done));
        var before = network.Connections;
        network.Mute();
        using var calling = call();
        await TestDatabase.UntilAsync(() => broker.Database.ScalarAsync<bool>(done));
        Assert.False(calling.ResponseAsync.IsCompleted);
        network.Cut();
        var answer = await calling;
        Assert.Equal(before + 1, network.Connections);
        return answer;
    }

    private static StartTaskRequest Start() => Story.Start(Story.ReadTicket("acme/**")).Within(TimeSpan.FromMinutes(1));
}
