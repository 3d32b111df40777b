using System.Text;
using CredBroker.Client;
using CredBroker.Core.Audit;
using CredBroker.Tests.Identity;
using CredBroker.V1;
using Grpc.Core;
using Evidence = CredBroker.Client.Evidence;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Attestation;

public sealed class EvidenceWireTests(Postgres postgres) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private AttestationBroker broker = null!;

    public async ValueTask InitializeAsync() =>
        broker = await AttestationBroker.StartAsync(postgres, Forgeries.Yaml, ("keys.json", ForgeJwt.Jwks));

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
    public async Task A_malformed_key_is_named()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await broker.OverTcp().Attestation.AttestAsync(
            new() { Jwt = new() { Token = Forgeries.Oidc.Sign() }, PublicJwk = "{}" }, cancellationToken: Ct));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Equal("public_jwk", BrokerRefusal.Of(refused).Field);
    }
}
