using CredBroker.Client;
using CredBroker.Core.Tasks;
using CredBroker.IntegrationTests.Ledger;
using CredBroker.Server.Hosting;
using CredBroker.V1;
using Grpc.Core;
using Grpc.Health.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Hosting;

/// <summary>A broker that stops says so first, answers what it has taken on, takes on nothing more, and does not wait for ever.</summary>
public sealed class DrainTests(Postgres postgres) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private TestDatabase database = null!;

    public async ValueTask InitializeAsync() => database = await postgres.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_mint_in_flight_is_answered_after_readiness_went_and_new_calls_find_nobody()
    {
        await using var broker = await TestBroker.StartAsync(database, options => options.WebListen.Add("http://127.0.0.1:0"));
        await using var agent = await broker.AgentAsync();
        var readiness = broker.Service<Readiness>();
        var (health, newcomer) = (broker.Health(), broker.OverTcp());
        using var http = new HttpClient();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        Assert.Equal("serving\n", await http.GetStringAsync(new Uri(broker.WebAddress, "/healthz"), Ct));
        Assert.True(readiness.IsReady);

        Task<MintResponse> minting;
        Task stopping;
        await using (await database.DataSource.HoldAsync(Id(task)))
        {
            minting = agent.Tokens.MintAsync(Story.Mint(task)).ResponseAsync;
            await database.SomebodyWaitsAsync();
            stopping = broker.StopAsync();

            await TestDatabase.UntilAsync(() => Task.FromResult(!readiness.IsReady));
            await TestDatabase.UntilAsync(async () => !await AnswersAsync(newcomer));
            Assert.Equal(StatusCode.Unavailable, (await Refused.ByAsync(health.CheckAsync(new HealthCheckRequest()))).Status);
            await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync(new Uri(broker.WebAddress, "/healthz"), Ct));
            Assert.False(minting.IsCompleted || stopping.IsCompleted);
        }

        Assert.NotEmpty((await minting).Token);
        await stopping;
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM tokens WHERE jti = $1", Guid.Parse((await minting).Jti)));
    }

    [Fact]
    public async Task A_hundred_watches_of_its_health_are_told_and_do_not_hold_it_up()
    {
        await using var broker = await TestBroker.StartAsync(database);
        var health = broker.Health();
        var watches = Enumerable.Range(0, 100).Select(_ => health.Watch(new HealthCheckRequest())).ToList();
        foreach (var watch in watches) Assert.True(await watch.ResponseStream.MoveNext());

        await broker.StopAsync();

        foreach (var watch in watches)
        {
            // Torn from its connection at the end of the stop's patience, a watch would not be told.
            var ended = await Assert.ThrowsAsync<RpcException>(async () =>
            {
                while (await watch.ResponseStream.MoveNext()) Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, watch.ResponseStream.Current.Status);
            });
            Assert.Equal((StatusCode.Unavailable, "The server is shutting down."), (ended.StatusCode, ended.Status.Detail));
            watch.Dispose();
        }
    }

    [Fact]
    public async Task A_call_that_does_not_end_is_given_up_and_the_broker_ends()
    {
        await using var broker = await TestBroker.StartAsync(database, options => options.CallTimeout = TimeSpan.FromSeconds(60));
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        await using (await database.DataSource.HoldAsync(Id(task)))
        {
            // Without a request id that the client would ask again with: what is seen is the fate of this very call.
            var ending = agent.Tasks.EndTaskAsync(Story.End(task), deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(5));
            await database.SomebodyWaitsAsync();

            await broker.StopAsync();

            Assert.Equal(StatusCode.Unavailable, (await Refused.ByAsync(ending)).Status);
        }

        Assert.Equal(1, await database.ScalarAsync<short>("SELECT state FROM tasks WHERE id = $1", Guid.Parse(task)));
    }

    private static TaskId Id(string task) => TaskId.TryParse(task, out var id) ? id : throw new ArgumentException("not a task", nameof(task));

    private static async Task<bool> AnswersAsync(BrokerConnection connection)
    {
        try
        {
            await connection.Admin.StandingAccessAsync(new StandingAccessRequest());
            return true;
        }
        catch (RpcException refused)
        {
            return refused.StatusCode != StatusCode.Unavailable;
        }
    }
}
