using CredBroker.Core;
using CredBroker.Server.Hosting;
using CredBroker.V1;
using Grpc.Health.V1;
using Microsoft.Extensions.Logging.Abstractions;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Hosting;

/// <summary>Without its database a broker says no at once, says so to whoever asks for its health, and recovers by itself.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task While_the_database_is_away_calls_are_unavailable_and_afterwards_they_work_again()
    {
        var ct = TestContext.Current.CancellationToken;
        var folder = Path.Combine(Path.GetTempPath(), $"cb-{TestBroker.NewId()}");
        var options = new EmbeddedPostgresOptions { Folder = folder, Durable = false };
        var postgres = await EmbeddedPostgres.StartAsync(options, NullLogger.Instance, TimeProvider.System, ct);
        await using var broker = await TestBroker.StartAsync(postgres.ConnectionString);
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;

        await postgres.DisposeAsync();
        await TestDatabase.UntilAsync(async () => await HealthAsync(broker) == HealthCheckResponse.Types.ServingStatus.NotServing);
        await Refused.AsAsync(Reason.DatabaseAway, broker.OverSocket().Tasks.GetTaskAsync(new GetTaskRequest { TaskId = task }));

        var back = await EmbeddedPostgres.StartAsync(options, NullLogger.Instance, TimeProvider.System, ct);
        await TestDatabase.UntilAsync(async () => await HealthAsync(broker) == HealthCheckResponse.Types.ServingStatus.Serving);
        Assert.Equal(task, (await agent.Tasks.GetTaskAsync(new GetTaskRequest { TaskId = task })).Task.TaskId);
        Assert.NotEmpty((await agent.Tokens.MintAsync(Story.Mint(task))).Token);
        await back.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<HealthCheckResponse.Types.ServingStatus> HealthAsync(TestBroker broker) =>
        (await broker.Health().CheckAsync(new HealthCheckRequest())).Status;
}
