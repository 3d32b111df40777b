using System.Text.Json;
using CredBroker.Client;
using CredBroker.Core;
using CredBroker.Core.Audit;
using Grpc.Core;
using Evidence = CredBroker.Client.Evidence;

namespace CredBroker.IntegrationTests.Attestation;

/// <summary>Join tokens over the wire, good for one caller once, and for nobody else.</summary>
public sealed class JoinTokenWireTests(Postgres postgres) : IAsyncLifetime
{
    private const string Yaml = """
        trust_domains:
          example.org: {}
        workloads:
          joiner:
            spiffe_id: spiffe://example.org/joiner
            owner: team
            class: agent
            attest: [{join_token: true}]
        """;

    private AttestationBroker broker = null!;

    public async ValueTask InitializeAsync() => broker = await AttestationBroker.StartAsync(postgres, Yaml);

    public ValueTask DisposeAsync() => broker.DisposeAsync();

    [Fact]
    public async Task Of_fifty_callers_with_one_secret_one_is_attested_and_forty_nine_are_on_record()
    {
        var secret = await broker.JoinTokenAsync("joiner");
        var connections = Enumerable.Range(0, 50).Select(_ => broker.OverTcp()).ToList();

        var decisions = await Task.WhenAll(connections.Select(connection => Task.Run(() => DecisionAsync(connection, secret))));

        Assert.Single(decisions, decision => decision is null);
        foreach (var decision in decisions.OfType<string>())
            await broker.RecordedAsync(Reason.JoinTokenUnknownOrUsed, decision);
        Assert.Equal(49, decisions.OfType<string>().Distinct().Count());
        Assert.Equal(1L, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE kind = $1", (short)AuditKind.WorkloadAttested));
    }

    [Fact]
    public async Task A_secret_that_was_used_is_as_unknown_as_one_that_never_was_or_that_expired()
    {
        var used = await broker.JoinTokenAsync("joiner");
        await using var session = await AttestationBroker.AttestAsync(broker.OverTcp(), new Evidence.JoinToken(used));
        Assert.Equal("joiner", session.Identity.Workload);
        var expired = await broker.JoinTokenAsync("joiner");
        await broker.Database.ExecuteAsync("UPDATE join_tokens SET expires_at = clock_timestamp() WHERE consumed_at IS NULL");

        foreach (var secret in new[] { used, expired, new string('A', 43) })
        {
            var evidence = await DeniedAsync(Reason.JoinTokenUnknownOrUsed, secret);
            Assert.Equal("join_token", evidence.GetProperty("kind").GetString());
            Assert.DoesNotContain(secret, evidence.GetRawText(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_no_secret_is_no_evidence()
    {
        var secret = await broker.JoinTokenAsync("joiner");

        foreach (var text in new[] { "", "short", secret + "=", secret[..42], $" {secret[1..]}", $"{secret}{secret}", new string('A', 10_000) })
            await DeniedAsync(Reason.EvidenceMalformed, text);

        await using var session = await AttestationBroker.AttestAsync(broker.OverTcp(), new Evidence.JoinToken(secret));
        Assert.Equal("joiner", session.Identity.Workload);
    }

    [Fact]
    public async Task A_secret_ends_with_the_catalog_that_let_its_workload_join()
    {
        var (first, second) = (await broker.JoinTokenAsync("joiner"), await broker.JoinTokenAsync("joiner"));

        await broker.ApplyAsync(Yaml.Replace("join_token: true", "unix: {uid: 4711}", StringComparison.Ordinal));
        await DeniedAsync(Reason.EvidenceKindNotAllowed, first);
        await broker.ApplyAsync(Yaml.Replace("joiner:", "another:", StringComparison.Ordinal));
        await DeniedAsync(Reason.NoWorkloadMatches, second);

        // Shown is spent, whatever came of it.
        await broker.ApplyAsync(Yaml);
        await DeniedAsync(Reason.JoinTokenUnknownOrUsed, first);
        await DeniedAsync(Reason.JoinTokenUnknownOrUsed, second);
    }

    [Fact]
    public async Task Over_TCP_nobody_makes_a_join_token()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await broker.OverTcp().Admin.CreateJoinTokenAsync(
            new() { RequestId = AttestationBroker.NewId(), Workload = "joiner" }, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
    }

    private Task<JsonElement> DeniedAsync(Reason reason, string secret) =>
        broker.DeniedAsync(reason, broker.OverTcp(), new Evidence.JoinToken(secret));

    // Null: attested.
    private static async Task<string?> DecisionAsync(BrokerConnection connection, string secret)
    {
        try
        {
            await using var session = await AttestationBroker.AttestAsync(connection, new Evidence.JoinToken(secret));
            return null;
        }
        catch (RpcException refused)
        {
            Assert.Equal((StatusCode.PermissionDenied, "denied"), (refused.StatusCode, refused.Status.Detail));
            return BrokerRefusal.Of(refused).DecisionId;
        }
    }
}
