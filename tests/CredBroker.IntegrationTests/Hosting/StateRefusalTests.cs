using CredBroker.Client;
using CredBroker.Core;
using CredBroker.V1;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.Hosting;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Hosting;

/// <summary>What a caller sees of a replica on its way out, and of one that fails. A database that is away: see OutageTests.</summary>
public sealed class StateRefusalTests(Postgres postgres)
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_the_first_sign_of_its_end_a_replica_begins_nothing_and_answers_what_runs()
    {
        await using var broker = await TestBroker.StartAsync(postgres, options =>
        {
            options.CallTimeout = TimeSpan.FromMinutes(1);
            options.Ledger.Patience = TimeSpan.FromMinutes(1);
        });
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;

        AsyncUnaryCall<GetTaskResponse> running;
        await using (await HeldTable.TakeAsync(broker.Database, "tasks"))
        {
            running = agent.Tasks.GetTaskAsync(new GetTaskRequest { TaskId = task }, deadline: DateTime.MaxValue);
            await broker.Database.SomebodyWaitsForALockAsync("relation");
            broker.Service<IHostApplicationLifetime>().StopApplication();   // what SIGTERM does first

            await Refused.AsAsync(Reason.ShuttingDown, agent.Tasks.GetTaskAsync(new GetTaskRequest { TaskId = task }));
            await Refused.AsAsync(Reason.ShuttingDown, broker.OverTcp().Attestation.AttestAsync(new AttestRequest()), "a call of nobody in particular");
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, (await broker.Health().CheckAsync(new HealthCheckRequest())).Status);
        }

        Assert.Equal(task, (await running).Task.TaskId);
    }

    [Fact]
    public async Task A_stream_ends_when_its_replica_does_and_says_why()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        using var watch = broker.Health().Watch(new HealthCheckRequest(), cancellationToken: Ct);
        Assert.True(await watch.ResponseStream.MoveNext(Ct));
        broker.Service<IHostApplicationLifetime>().StopApplication();

        var ended = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await watch.ResponseStream.MoveNext(Ct))
            {
                // That it does not serve any more may come first.
            }
        });
        Refused.Is(Reason.ShuttingDown, BrokerRefusal.Of(ended));
    }

    [Fact]
    public async Task What_is_broken_inside_is_told_to_the_log_and_not_to_the_caller()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        await broker.Database.ExecuteAsync("""UPDATE tasks SET envelope = '{"not": "an envelope"}' WHERE id = $1""", Guid.Parse(task));

        var refusal = await Refused.AsAsync(Reason.Internal, agent.Tokens.MintAsync(Story.Mint(task)));
        Assert.Equal(("internal error", null, null), (refusal.Message, refusal.DecisionId, refusal.Field));
        var logged = Assert.Single(broker.Logs, line => line.Contains(refusal.CorrelationId!, StringComparison.Ordinal));
        Assert.Contains($"Task {task} in the database does not read", logged, StringComparison.Ordinal);
    }
}
