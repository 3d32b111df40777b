using System.Diagnostics;
using CredBroker.Client;
using CredBroker.Core.Tasks;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.IntegrationTests.Ledger;
using CredBroker.V1;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Cli;

/// <summary>SIGTERM, as a service manager sends it, to <c>credbroker serve</c> at work.</summary>
public sealed class SigtermTests(Postgres postgres) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cb-").FullName;
    private TestDatabase _database = null!;
    private Process _process = null!;
    private BrokerConnection _connection = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Socket => Path.Combine(_folder, "s", "broker.sock");

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        var catalog = await TestCatalog.WriteAsync(Path.Combine(_folder, "catalog"));
        var environment = new Dictionary<string, string>
        {
            ["CREDBROKER__DATABASE"] = _database.ConnectionString, ["CREDBROKER__CALLTIMEOUT"] = "00:01:00",
        };
        _process = CredbrokerProcess.Start(environment, "serve", "--socket", Socket, "--catalog", catalog);
        Assert.Equal($"listening on unix:{Socket}", await _process.StandardOutput.ReadLineAsync(Ct));
        Assert.True(BrokerAddress.TryParse($"unix:{Socket}", out var address, out _));
        _connection = BrokerConnection.Open(address);
    }

    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_is_in_flight_is_answered_watches_are_told_and_it_exits_with_0()
    {
        await using var agent = await AgentSession.AttestAsync(_connection, new Evidence.UnixPeer(), Ct);
        using var channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = UnixSocketHttpHandler.Create(Socket) });
        var watches = Enumerable.Range(0, 100).Select(_ => new Health.HealthClient(channel).Watch(new HealthCheckRequest())).ToList();
        foreach (var watch in watches) Assert.True(await watch.ResponseStream.MoveNext());
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;

        Task<MintResponse> minting;
        await using (await _database.DataSource.HoldAsync(Id(task)))
        {
            minting = agent.Tokens.MintAsync(Story.Mint(task)).ResponseAsync;
            await _database.SomebodyWaitsAsync();
            _process.Signal();
            foreach (var watch in watches)
            {
                var ended = await Assert.ThrowsAsync<RpcException>(async () =>
                {
                    while (await watch.ResponseStream.MoveNext()) { }
                });
                Assert.Equal((StatusCode.Unavailable, "The server is shutting down."), (ended.StatusCode, ended.Status.Detail));
                watch.Dispose();
            }

            Assert.False(minting.IsCompleted || _process.HasExited);
        }

        Assert.NotEmpty((await minting).Token);
        await EndedWellAsync();
        Assert.Equal("", await _process.StandardError.ReadToEndAsync(Ct));
    }

    [Fact]
    public async Task A_call_that_does_not_end_is_given_up_and_it_exits_with_0_all_the_same()
    {
        await using var agent = await AgentSession.AttestAsync(_connection, new Evidence.UnixPeer(), Ct);
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        await using var held = await _database.DataSource.HoldAsync(Id(task));
        var ending = agent.Tasks.EndTaskAsync(Story.End(task), deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(5));
        await _database.SomebodyWaitsAsync();

        _process.Signal();

        await EndedWellAsync();
        Assert.Equal(StatusCode.Unavailable, (await Refused.ByAsync(ending)).Status);
    }

    private static TaskId Id(string task) => TaskId.TryParse(task, out var id) ? id : throw new ArgumentException("not a task", nameof(task));

    private async Task EndedWellAsync()
    {
        await _process.WaitForExitAsync(Ct);
        Assert.Equal(0, _process.ExitCode);
        Assert.False(File.Exists(Socket));
    }
}
