using CredBroker.Client;
using CredBroker.Server;
using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Hosting;

/// <summary>What leaves the process for a collector: what was done and how long it took, and no secret.</summary>
public sealed class TelemetryTests(Postgres postgres)
{
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    [Theory]
    [InlineData(false, "/opentelemetry.proto.collector.trace.v1.TraceService/Export", "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export")]
    [InlineData(true, "/v1/traces", "/v1/metrics")]
    public async Task A_collector_gets_a_span_for_each_call_and_the_metrics_by_either_protocol_and_no_secret(bool http, string traces, string metrics)
    {
        Environment.SetEnvironmentVariable(Protocol, http ? "http/protobuf" : null);
        await using var collector = await OtlpReceiver.StartAsync(http);
        List<string> secrets = ["the-databases-password"];
        await using (var broker = await TestBroker.StartAsync(postgres, options =>
        {
            options.OtlpEndpoint = collector.Address;
            options.Database += $";Password={secrets[0]};Persist Security Info=true";
        }))
        {
            var join = await broker.OverSocket().Admin.CreateJoinTokenAsync(new CreateJoinTokenRequest { RequestId = TestBroker.NewId(), Workload = "backend" });
            await using var backend = await AgentSession.AttestAsync(broker.OverTcp(), new Evidence.JoinToken(join.Secret), TestContext.Current.CancellationToken);
            await using var agent = await broker.AgentAsync();
            var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
            var minted = await agent.Tokens.MintAsync(Story.Mint(task));
            await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = minted.Token });
            await broker.DeniedAsync(Core.Reason.PolicyDenied, agent.Tokens.MintAsync(Story.Mint(task, Story.Release())));
            await agent.Tokens.RevokeAsync(new RevokeTokenRequest { RequestId = TestBroker.NewId(), Token = minted.Token, Cause = "test" });
            string[] tokens = [minted.Token, agent.Identity.IdentityToken, backend.Identity.IdentityToken];
            secrets.AddRange([join.Secret, .. tokens, .. tokens.Select(token => token.Split('.')[2])]);
        }

        // The broker hands over what it has gathered before it ends.
        Environment.SetEnvironmentVariable(Protocol, null);
        Assert.Equal(new[] { traces, metrics }.Order(StringComparer.Ordinal), collector.Paths);
        string[] spans = ["/credbroker.v1.Attestation/Attest", "/credbroker.v1.Tasks/StartTask", "/credbroker.v1.Tokens/Mint", "/credbroker.v1.Tokens/Introspect"];
        Assert.All(spans, span => Assert.Contains(span, collector.At(traces), StringComparison.Ordinal));
        string[] instruments = ["credbroker.rpc.calls", "credbroker.rpc.duration", "credbroker.ledger.batch_size", "credbroker.ledger.commit_duration"];
        Assert.All(instruments, instrument => Assert.Contains(instrument, collector.At(metrics), StringComparison.Ordinal));
        Assert.Contains("/credbroker.v1.Tokens/Mint", collector.At(metrics), StringComparison.Ordinal);
        Assert.Contains(BrokerVersion.Current, collector.At(traces), StringComparison.Ordinal);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, collector.At(traces) + collector.At(metrics), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("collector")]
    [InlineData("collector:4317")]
    [InlineData("ftp://collector")]
    public async Task What_is_no_address_of_a_collector_is_told_at_the_start(string endpoint)
    {
        var refused = await Assert.ThrowsAsync<StartException>(() => TestBroker.StartAsync(postgres, options => options.OtlpEndpoint = endpoint));
        Assert.Equal($"OtlpEndpoint must be an http:// or https:// address, not {endpoint}", refused.Message);
    }
}
