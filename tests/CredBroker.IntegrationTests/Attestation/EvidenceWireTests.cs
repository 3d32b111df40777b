using System.Net;
using System.Text;
using CredBroker.Client;
using CredBroker.Core.Audit;
using CredBroker.Tests.Identity;
using CredBroker.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Evidence = CredBroker.Client.Evidence;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Attestation;

public sealed class EvidenceWireTests(Postgres postgres) : IAsyncLifetime
{
    private const string Joiner = """

          joiner:
            spiffe_id: spiffe://example.org/joiner
            owner: team
            class: agent
            attest: [{join_token: true}]
        """;

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private AttestationBroker broker = null!;

    public async ValueTask InitializeAsync() =>
        broker = await AttestationBroker.StartAsync(postgres, Forgeries.Yaml + Joiner, ("keys.json", ForgeJwt.Jwks));

    public ValueTask DisposeAsync() => broker.DisposeAsync();

    [Fact]
    public async Task A_good_token_attests_over_plain_loopback_and_over_TLS_without_a_client_certificate()
    {
        foreach (var connection in new[] { broker.OverTcp(), broker.OverTls() })
        {
            await using var session = await AttestationBroker.AttestAsync(connection, new Evidence.Jwt(Forgeries.Oidc.Sign()));
            var known = await session.Attestation.WhoAmIAsync(new WhoAmIRequest(), cancellationToken: Ct);
            Assert.Equal(("spiffe://example.org/agents", "dpop"), (known.SpiffeId, known.AuthenticatedBy));
        }
    }

    [Fact]
    public async Task Every_forged_token_gets_the_same_answer_byte_for_byte_but_for_the_decision()
    {
        var connection = broker.OverTcp();
        var evidence = Forgeries.All.Select(forgery => (Evidence)new Evidence.Jwt(forgery.Token))
            .Append(new Evidence.UnixPeer()).Append(new Evidence.X509Peer()).Append(new Evidence.JoinToken(new string('A', 43))).Append(new Evidence.JoinToken("no"));
        var answers = new List<(StatusCode, string, string)>();
        var decisions = new HashSet<string>();
        foreach (var one in evidence)
        {
            var refused = await AttestationBroker.RefusedAsync(connection, one);
            var decision = BrokerRefusal.Of(refused).DecisionId!;
            Assert.True(decisions.Add(decision));
            var details = Encoding.Latin1.GetString(refused.Trailers.GetValueBytes(BrokerRefusal.DetailsTrailer)!);
            answers.Add((refused.StatusCode, refused.Status.Detail, details.Replace(decision, "", StringComparison.Ordinal)));
        }

        var (status, message, _) = Assert.Single(answers.Distinct());
        Assert.Equal((StatusCode.PermissionDenied, "denied"), (status, message));
        var recorded = await broker.Database.ColumnAsync<Guid>(
            "SELECT decision_id FROM audit_entries WHERE kind = $1", (short)AuditKind.AttestationRefused);
        Assert.Equal(decisions.Order(), recorded.Select(id => id.ToString()).Order());
    }

    [Fact]
    public async Task Fifty_callers_with_one_join_token_make_one_workload()
    {
        var secret = await broker.JoinTokenAsync("joiner");
        var connections = Enumerable.Range(0, 50).Select(_ => broker.OverTcp()).ToList();

        var outcomes = await Task.WhenAll(connections.Select(connection => Task.Run(() => OutcomeAsync(connection, new Evidence.JoinToken(secret)))));

        Assert.Single(outcomes, StatusCode.OK);
        Assert.Equal(49, outcomes.Count(outcome => outcome == StatusCode.PermissionDenied));
    }

    [Fact]
    public async Task Over_TCP_nobody_makes_a_join_token()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await broker.OverTcp().Admin.CreateJoinTokenAsync(
            new() { RequestId = AttestationBroker.NewId(), Workload = "joiner" }, cancellationToken: Ct));

        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
    }

    [Fact]
    public async Task A_malformed_key_is_named()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await broker.OverTcp().Attestation.AttestAsync(
            new() { Jwt = new() { Token = Forgeries.Oidc.Sign() }, PublicJwk = "{}" }, cancellationToken: Ct));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Equal("public_jwk", BrokerRefusal.Of(refused).Field);
    }

    [Fact]
    public async Task Keys_at_an_address_are_fetched_and_a_new_one_is_found_by_its_id()
    {
        var served = ForgeKeys.Set(ForgeKeys.Jwk(ForgeKeys.P256, "\"kid\":\"old\""));
        await using var issuer = await ServeAsync(() => served);
        var yaml = Forgeries.Yaml.Replace("broker], jwks_file: keys.json", $"broker], jwks_url: \"{issuer.Urls.Single()}/keys\"", StringComparison.Ordinal);
        await broker.ApplyAsync(yaml);

        Assert.Equal(StatusCode.OK, await OutcomeAsync(broker.OverTcp(), Signed("old")));
        served = ForgeKeys.Set(ForgeKeys.Jwk(ForgeKeys.P256, "\"kid\":\"new\""));
        // Within half a minute of the last fetch nothing is asked: the new key is not known yet, and the old one still is.
        Assert.Equal(StatusCode.PermissionDenied, await OutcomeAsync(broker.OverTcp(), Signed("new")));
        Assert.Equal(StatusCode.OK, await OutcomeAsync(broker.OverTcp(), Signed("old")));
    }

    [Fact]
    public async Task While_the_issuer_is_away_nobody_is_attested_and_the_broker_stays_up()
    {
        var yaml = Forgeries.Yaml.Replace("broker], jwks_file: keys.json", "broker], jwks_url: \"http://127.0.0.1:9/keys\"", StringComparison.Ordinal);
        await broker.ApplyAsync(yaml + Joiner);

        Assert.Equal(StatusCode.PermissionDenied, await OutcomeAsync(broker.OverTcp(), Signed("old")));
        Assert.Contains(2000, broker.Log.Events);
        Assert.Equal(StatusCode.OK, await OutcomeAsync(broker.OverTcp(), new Evidence.JoinToken(await broker.JoinTokenAsync("joiner"))));
    }

    private static Evidence.Jwt Signed(string keyId) =>
        new((Forgeries.Oidc with { Header = $$"""{"alg":"ES256","kid":"{{keyId}}"}""" }).Sign());

    private static async Task<StatusCode> OutcomeAsync(BrokerConnection connection, Evidence evidence)
    {
        try
        {
            await using var session = await AttestationBroker.AttestAsync(connection, evidence);
            return StatusCode.OK;
        }
        catch (RpcException refused)
        {
            return refused.StatusCode;
        }
    }

    private static async Task<WebApplication> ServeAsync(Func<string> document)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var issuer = builder.Build();
        issuer.MapGet("/keys", context => context.Response.WriteAsync(document(), Ct));
        await issuer.StartAsync(Ct);
        return issuer;
    }
}
