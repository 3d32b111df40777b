using CredBroker.Client;
using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.V1;
using Grpc.Core;
using Evidence = CredBroker.Client.Evidence;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Client;

/// <summary>Brokers that want a nonce of their own in every proof (RFC 9449 section 8), and clients that never notice.</summary>
public sealed class NonceTests(Postgres postgres)
{
    private const string Trailer = "dpop-nonce";

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly LeapClock clock = new();

    [Fact]
    public async Task A_session_learns_the_nonce_of_its_broker_and_each_that_follows()
    {
        await using var broker = await StartAsync(await postgres.CreateDatabaseAsync());
        await using var session = await BackendAsync(broker);

        for (var minute = 0; minute < 4; minute++)
        {
            // The first calls come at once, and each is told the nonce by itself.
            var known = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => session.Attestation.WhoAmIAsync(new WhoAmIRequest()).ResponseAsync));
            Assert.All(known, answer => Assert.Equal(("backend", "dpop"), (answer.Workload, answer.AuthenticatedBy)));
            clock.Leap(DpopNonce.Period * 2);
        }
    }

    [Fact]
    public async Task A_proof_without_nonce_or_with_an_old_one_or_with_another_replicas_is_told_which_to_use()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var broker = await StartAsync(database);
        await using var other = await StartAsync(database);
        await using var session = await BackendAsync(broker);

        var nonce = await ToldAsync(broker, session, null);
        await AcceptedAsync(broker, session, nonce);
        Assert.Equal(nonce, await ToldAsync(broker, session, "AAAAAAAAAAAAAAAAAAAAAA"));
        var others = await ToldAsync(other, session, nonce);
        Assert.NotEqual(nonce, others);
        await AcceptedAsync(other, session, others);

        clock.Leap(DpopNonce.Period * 2);
        await AcceptedAsync(broker, session, await ToldAsync(broker, session, nonce));
    }

    [Fact]
    public async Task Where_replicas_take_turns_a_session_is_told_anew_by_each()
    {
        await using var network = new CuttingNetwork();
        var database = await postgres.CreateDatabaseAsync();
        await using var broker = await StartAsync(database, network.Origin);
        await using var other = await StartAsync(database, network.Origin);
        Assert.True(BrokerAddress.TryParse(network.Origin, out var address, out var problem), problem);
        using var connection = BrokerConnection.Open(address, new() { Clock = clock });
        network.Broker = broker.TcpAddress;
        await using var session = await BackendAsync(broker, connection);

        for (var turn = 0; turn < 6; turn++)
        {
            network.Broker = (turn % 2 == 0 ? other : broker).TcpAddress;
            network.Cut();
            Assert.Equal("backend", (await AnsweredAsync(session)).Workload);
        }
    }

    // A call may meet the connection while it breaks, before it is sent again: that is not what is asked here.
    private static async Task<WhoAmIResponse> AnsweredAsync(AgentSession session)
    {
        WhoAmIResponse? answer = null;
        await TestDatabase.UntilAsync(async () =>
        {
            try
            {
                answer = await session.Attestation.WhoAmIAsync(new WhoAmIRequest());
                return true;
            }
            catch (RpcException cut) when (BrokerRefusal.Of(cut).IsUnreachable)
            {
                return false;
            }
        });
        return answer!;
    }

    private Task<TestBroker> StartAsync(TestDatabase database, params string[] origins) => TestBroker.StartAsync(
        database,
        options =>
        {
            options.DpopNonces = true;
            foreach (var origin in origins) options.PublicOrigins.Add(origin);
        },
        clock: clock);

    private async Task<AgentSession> BackendAsync(TestBroker broker, BrokerConnection? connection = null)
    {
        var made = await broker.OverSocket().Admin.CreateJoinTokenAsync(new CreateJoinTokenRequest { RequestId = TestBroker.NewId(), Workload = "backend" });
        return await AgentSession.AttestAsync(connection ?? broker.OverTcp(new() { Clock = clock }), new Evidence.JoinToken(made.Secret), Ct);
    }

    private static async Task AcceptedAsync(TestBroker broker, AgentSession session, string nonce) =>
        Assert.Equal("backend", (await CallAsync(broker, session, nonce)).Workload);

    // Refused, with the nonce to use.
    private static async Task<string> ToldAsync(TestBroker broker, AgentSession session, string? nonce)
    {
        var call = CallAsync(broker, session, nonce);
        await Refused.AsAsync(Reason.UseDpopNonce, call);
        var told = call.GetTrailers().GetValue(Trailer) ?? "";
        Assert.NotEmpty(told);
        return told;
    }

    private static AsyncUnaryCall<WhoAmIResponse> CallAsync(TestBroker broker, AgentSession session, string? nonce)
    {
        var token = session.Identity.IdentityToken;
        var proof = session.ProofFor("POST", new Uri($"{broker.TcpAddress}/credbroker.v1.Attestation/WhoAmI"), token, nonce);
        return broker.OverTcp().Attestation.WhoAmIAsync(new WhoAmIRequest(), new Metadata { { "authorization", $"DPoP {token}" }, { "dpop", proof } });
    }
}
