using System.Buffers.Text;
using System.Text.Json;
using CredBroker.Client;
using CredBroker.V1;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Client;

/// <summary>A session whose broker goes away and comes back at the same socket, or is not what it was.</summary>
public sealed class RestartTests(Postgres postgres) : IDisposable
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly string folder = Directory.CreateTempSubdirectory("cb-").FullName;

    private string Socket => Path.Combine(folder, "s", "broker.sock");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task After_a_restart_over_the_same_database_a_session_goes_on_as_if_nothing_had_been()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        using var connection = Connect();
        var first = await TestBroker.StartAsync(database, AtSocket);
        await using var session = await AgentSession.AttestAsync(connection, new Evidence.UnixPeer(), Ct);
        var held = session.Identity;
        var task = (await session.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;

        await first.DisposeAsync();
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await session.Tasks.GetTaskAsync(new GetTaskRequest { TaskId = task }));
        Assert.True(BrokerRefusal.Of(refused).IsUnreachable);
        await using var second = await TestBroker.StartAsync(database, AtSocket);

        // The public half of the first one's key outlives it: the identity is as good as before.
        Assert.NotEmpty((await session.Tokens.MintAsync(Story.Mint(task))).Token);
        Assert.Same(held, session.Identity);
    }

    [Fact]
    public async Task A_broker_that_knows_nothing_of_the_session_has_it_attest_anew_within_the_call()
    {
        using var connection = Connect();
        var first = await TestBroker.StartAsync(postgres, AtSocket);
        await using var session = await AgentSession.AttestAsync(connection, new Evidence.UnixPeer(), Ct);
        var held = session.Identity;

        await first.DisposeAsync();
        await using var second = await TestBroker.StartAsync(postgres, AtSocket);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => session.Attestation.WhoAmIAsync(new WhoAmIRequest()).ResponseAsync));

        Assert.All(answers, answer => Assert.Equal("agent", answer.Workload));
        Assert.NotSame(held, session.Identity);
        // Ten calls were refused, and one attestation was enough for them.
        Assert.Equal(1L, await second.Database.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE payload->>'outcome' = 'attested'"));
        Assert.NotEmpty((await session.Tasks.StartTaskAsync(Story.Start())).Task.TaskId);
    }

    [Fact]
    public async Task When_the_key_that_signed_its_identity_is_revoked_a_session_gets_another_and_no_call_fails()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var session = await broker.AgentAsync();
        var held = session.Identity;
        var task = (await session.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;

        var revoked = await broker.OverSocket().Admin.RevokeAsync(new RevokeRequest { RequestId = TestBroker.NewId(), Kid = KeyOf(held.IdentityToken), Cause = "drill" });

        Assert.Equal(0, revoked.TokensRevoked);
        await TestDatabase.UntilAsync(async () =>
        {
            Assert.Equal("agent", (await session.Attestation.WhoAmIAsync(new WhoAmIRequest())).Workload);
            return !ReferenceEquals(session.Identity, held);
        });
        Assert.NotEqual(KeyOf(held.IdentityToken), KeyOf(session.Identity.IdentityToken));
        Assert.NotEmpty((await session.Tokens.MintAsync(Story.Mint(task))).Token);
    }

    private void AtSocket(Server.BrokerOptions options) => options.UnixSocket = Socket;

    private BrokerConnection Connect()
    {
        Assert.True(BrokerAddress.TryParse($"unix:{Socket}", out var address, out var problem), problem);
        return BrokerConnection.Open(address);
    }

    private static string? KeyOf(string token)
    {
        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[0]));
        return header.RootElement.GetProperty("kid").GetString();
    }
}
