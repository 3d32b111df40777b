using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Hosting;

public sealed class TelemetryTests(Postgres postgres)
{
    [Fact]
    public async Task Traces_and_metrics_go_to_the_collector_and_no_secret_with_them()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        string token;
        await using (var broker = await TestBroker.StartAsync(postgres, options => options.OtlpEndpoint = collector.Address))
        {
            await using var agent = await broker.AgentAsync();
            await using var backend = await broker.JoinAsync("backend");
            var task = (await agent.Tasks.StartTaskAsync(Story.Start().Changed(start => start.Intent = "an intent that is nobody else's"))).Task.TaskId;
            token = (await agent.Tokens.MintAsync(Story.Mint(task))).Token;
            await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = token });
        }

        // Whatever was gathered is exported when the broker stops.
        await TestDatabase.UntilAsync(() => Task.FromResult(
            collector.Has("TraceService", "credbroker.v1.Tokens/Mint") && collector.Has("MetricsService", "credbroker.rpc.calls")));
        Assert.True(collector.Has("MetricsService", "credbroker.rpc.duration"));
        Assert.True(collector.Has("MetricsService", "credbroker.ledger.batch_size"));
        foreach (var service in (string[])["TraceService", "MetricsService"])
        {
            Assert.True(collector.Has(service, "credbroker"));
            Assert.False(collector.Has(service, token));
            Assert.False(collector.Has(service, token.Split('.')[2]));
            Assert.False(collector.Has(service, "an intent that is nobody else's"));
        }
    }
}
