using CredBroker.Client;
using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.IntegrationTests.Keys;
using CredBroker.IntegrationTests.Ledger;
using CredBroker.Server.Keys;
using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Revocation;

/// <summary>A signing key is shut out on every replica at once, with all that it signed and nothing else.</summary>
public sealed class KeyRevocationTests(Postgres postgres) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private TestDatabase database = null!;
    private TestBroker here = null!;
    private TestBroker there = null!;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.CreateDatabaseAsync();
        here = await KeySet.StartAsync(database, TimeSpan.FromHours(12));
        there = await KeySet.StartAsync(database, TimeSpan.FromHours(12));
    }

    public async ValueTask DisposeAsync()
    {
        await here.DisposeAsync();
        await there.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Every_token_that_it_signed_is_dead_on_every_replica_when_the_revocation_is_answered()
    {
        await using var agentHere = await here.AgentAsync();
        await using var agentThere = await there.AgentAsync();
        var task = (await agentHere.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        string[] lost = [await MintAsync(agentHere, task), await MintAsync(agentHere, task), await MintAsync(agentHere, task)];
        var kept = await MintAsync(agentThere, task);
        Assert.All(lost, token => Assert.Equal(KeyOf(here), KeySet.KeyIdOf(token)));
        await ActiveAsync(everywhere: true, [.. lost, kept]);

        var key = KeyOf(here);
        var revoked = await RevokeAsync(there, key);

        await ActiveAsync(everywhere: false, lost);
        await ActiveAsync(everywhere: true, kept);
        Assert.Equal((0, 3), (revoked.TasksEnded, revoked.TokensRevoked));
        var standing = await there.OverSocket().Admin.StandingAccessAsync(new StandingAccessRequest());
        Assert.Single(standing.Credentials);
        using var http = new HttpClient();
        Assert.DoesNotContain(key, await http.KeyIdsAsync(there));
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM revocations WHERE kind = 6 AND subject = $1 AND cause = 'it leaked'", key));
        Assert.Equal(1L, await database.ScalarAsync<long>("""
            SELECT count(*) FROM audit_entries WHERE kind = 10 AND payload->>'target' = 'Key' AND payload->>'subject' = $1
              AND (payload->>'tokens_revoked')::int = 3 AND (payload->>'tasks_ended')::int = 0
            """, key));
    }

    [Fact]
    public async Task Its_replica_mints_with_another_key_from_the_next_call_on()
    {
        await using var agent = await here.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        var key = KeyOf(here);
        await RevokeAsync(there, key);

        var token = await MintAsync(agent, task);

        Assert.NotEqual(key, KeySet.KeyIdOf(token));
        await ActiveAsync(everywhere: true, token);
        using var http = new HttpClient();
        Assert.Contains(KeySet.KeyIdOf(token), await http.KeyIdsAsync(here));
    }

    [Fact]
    public async Task A_mint_that_was_signed_but_not_committed_is_signed_again_with_another_key()
    {
        await using var agent = await here.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        var key = KeyOf(here);
        Task<MintResponse> minting;
        await using (await database.DataSource.HoldAsync(Id(task)))
        {
            minting = agent.Tokens.MintAsync(Story.Mint(task)).ResponseAsync;
            await database.SomebodyWaitsAsync();
            await RevokeAsync(there, key);
        }

        var minted = await minting;

        Assert.NotEqual(key, KeySet.KeyIdOf(minted.Token));
        await ActiveAsync(everywhere: true, minted.Token);
    }

    [Fact]
    public async Task While_mints_of_it_race_with_its_revocation_none_that_it_signed_is_active_afterwards()
    {
        await using var agent = await here.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start().Changed(start => start.Budget = 10_000))).Task.TaskId;
        for (var round = 0; round < 4; round++)
        {
            var key = KeyOf(here);
            var minting = Enumerable.Range(0, 20).Select(_ => MintAsync(agent, task)).ToList();
            await RevokeAsync(there, key);
            var tokens = await Task.WhenAll(minting);

            await ActiveAsync(everywhere: false, [.. tokens.Where(token => KeySet.KeyIdOf(token) == key)]);
            await ActiveAsync(everywhere: true, [.. tokens.Where(token => KeySet.KeyIdOf(token) != key), await MintAsync(agent, task)]);
        }
    }

    [Fact]
    public async Task A_copy_that_another_replica_signed_for_a_repeated_mint_dies_with_that_replicas_key()
    {
        var key = EphemeralKey.Create();
        await using var agent = await AgentSession.AttestAsync(here.OverSocket(), new Evidence.UnixPeer(), key, Ct);
        await using var elsewhere = AgentSession.Resume(there.OverSocket(), agent.Identity, key);
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        var request = Story.Mint(task);
        var first = await agent.Tokens.MintAsync(request);
        var copy = await elsewhere.Tokens.MintAsync(request);
        Assert.Equal((first.Jti, KeyOf(here), KeyOf(there)), (copy.Jti, KeySet.KeyIdOf(first.Token), KeySet.KeyIdOf(copy.Token)));
        await ActiveAsync(everywhere: true, first.Token, copy.Token);

        await RevokeAsync(there, KeyOf(there));

        await ActiveAsync(everywhere: false, copy.Token);
        await ActiveAsync(everywhere: true, first.Token);
    }

    [Fact]
    public async Task An_identity_token_that_it_signed_is_refused_at_once_where_it_was_revoked_and_elsewhere_when_the_keys_are_read_again()
    {
        await using var other = await here.JoinAsync("other");
        await using var elsewhere = AgentSession.Resume(there.OverTcp(), other.Identity, EphemeralKey.Create());
        await RevokeAsync(there, KeySet.KeyIdOf(other.Identity.IdentityToken));

        await Refused.AsAsync(Reason.IdentityTokenRefused, elsewhere.Attestation.WhoAmIAsync(new WhoAmIRequest()));
        await here.Service<SigningKeys>().MaintainAsync(Ct);
        await Refused.AsAsync(Reason.IdentityTokenRefused, other.Attestation.WhoAmIAsync(new WhoAmIRequest()));
    }

    [Fact]
    public async Task A_workload_that_can_attest_again_does_so_by_itself_and_works_on()
    {
        await using var agent = await here.AgentAsync();
        var before = agent.Identity.IdentityToken;
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;

        await RevokeAsync(here, KeyOf(here));

        await ActiveAsync(everywhere: true, await MintAsync(agent, task));
        Assert.NotEqual(KeySet.KeyIdOf(before), KeySet.KeyIdOf(agent.Identity.IdentityToken));
    }

    [Fact]
    public async Task A_key_that_waits_for_its_turn_can_be_revoked_too()
    {
        var clock = new ShiftedClock();
        await using var own = await postgres.CreateDatabaseAsync();
        await using var broker = await KeySet.StartAsync(own, TimeSpan.FromMinutes(8), clock);
        using var http = new HttpClient();
        var first = KeyOf(broker);
        clock.Advance(TimeSpan.FromMinutes(7));
        await broker.Service<SigningKeys>().MaintainAsync(Ct);
        var next = Assert.Single(await http.KeyIdsAsync(broker), key => key != first);

        await RevokeAsync(broker, next);
        Assert.DoesNotContain(next, await http.KeyIdsAsync(broker));
        clock.Advance(TimeSpan.FromMinutes(2));

        Assert.DoesNotContain(KeyOf(broker), new[] { first, next });
        Assert.Contains(KeyOf(broker), await http.KeyIdsAsync(broker));
    }

    private static string KeyOf(TestBroker broker) => broker.Service<SigningKeys>().Current.KeyId;

    private static TaskId Id(string task) => TaskId.TryParse(task, out var id) ? id : throw new ArgumentException("not a task", nameof(task));

    private static async Task<string> MintAsync(AgentSession agent, string task) => (await agent.Tokens.MintAsync(Story.Mint(task))).Token;

    private static async Task<RevokeResponse> RevokeAsync(TestBroker at, string key) => await at.OverSocket().Admin.RevokeAsync(
        new RevokeRequest { RequestId = TestBroker.NewId(), Kid = key, Cause = "it leaked" });

    // What both replicas say of each token.
    private async Task ActiveAsync(bool everywhere, params string[] tokens)
    {
        foreach (var broker in new[] { here, there })
        {
            await using var backend = await broker.JoinAsync("backend");
            var answers = await Task.WhenAll(tokens.Select(token => backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = token }).ResponseAsync));
            Assert.All(answers, answer => Assert.Equal(everywhere, answer.Active));
        }
    }
}
