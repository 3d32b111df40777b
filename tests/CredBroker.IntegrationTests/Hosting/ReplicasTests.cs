using CredBroker.Client;
using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Hosting;

/// <summary>Two replicas over one database are one broker: what was answered by one is so for the other from the next call on.</summary>
public sealed class ReplicasTests(Postgres postgres) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private TestDatabase database = null!;
    private TestBroker one = null!;
    private TestBroker two = null!;
    private AgentSession agentAtOne = null!;
    private AgentSession agentAtTwo = null!;
    private AgentSession backendAtOne = null!;
    private AgentSession backendAtTwo = null!;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.CreateDatabaseAsync();
        one = await TestBroker.StartAsync(database);
        two = await TestBroker.StartAsync(database);
        // The same process with the same key at both: a call may go to either.
        var key = EphemeralKey.Create();
        agentAtOne = await AgentSession.AttestAsync(one.OverSocket(), new Evidence.UnixPeer(), key, Ct);
        agentAtTwo = AgentSession.Resume(two.OverSocket(), agentAtOne.Identity, key);
        backendAtOne = await one.JoinAsync("backend");
        backendAtTwo = await two.JoinAsync("backend");
    }

    public async ValueTask DisposeAsync()
    {
        await agentAtOne.DisposeAsync();
        await agentAtTwo.DisposeAsync();
        await backendAtOne.DisposeAsync();
        await backendAtTwo.DisposeAsync();
        await one.DisposeAsync();
        await two.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task A_token_minted_at_one_is_active_at_the_other_until_the_task_ends_anywhere()
    {
        var task = await StartTaskAsync();
        var minted = await agentAtOne.Tokens.MintAsync(Story.Mint(task));
        await ActiveEverywhereAsync(true, minted.Token);

        await agentAtTwo.Tasks.EndTaskAsync(Story.End(task));

        await ActiveEverywhereAsync(false, minted.Token);
        await one.DeniedAsync(Reason.TaskOver, agentAtOne.Tokens.MintAsync(Story.Mint(task)));
    }

    [Fact]
    public async Task A_token_revoked_at_one_is_dead_at_the_other()
    {
        var minted = await agentAtOne.Tokens.MintAsync(Story.Mint(await StartTaskAsync()));
        await ActiveEverywhereAsync(true, minted.Token);

        await agentAtTwo.Tokens.RevokeAsync(new RevokeTokenRequest { RequestId = TestBroker.NewId(), Token = minted.Token, Cause = "test" });

        await ActiveEverywhereAsync(false, minted.Token);
    }

    [Fact]
    public async Task A_mint_right_after_a_catalog_was_applied_elsewhere_is_decided_by_it_whichever_way()
    {
        const string Allowed = "- { tool: tickets, actions: [read], resource: acme/**, parameters: { state: { one_of: [open] } } }";
        var without = TestCatalog.Yaml().Replace(Allowed, "- { tool: mail, actions: [send], resource: others/* }", StringComparison.Ordinal);
        var task = await StartTaskAsync();
        await agentAtTwo.Tokens.MintAsync(Story.Mint(task));
        for (var turn = 0; turn < 10; turn++)
        {
            await ApplyAsync(one, without);
            await two.DeniedAsync(Reason.ActionNotAllowed, agentAtTwo.Tokens.MintAsync(Story.Mint(task)));

            var version = await ApplyAsync(one, TestCatalog.Yaml());
            var minted = await agentAtTwo.Tokens.MintAsync(Story.Mint(task));
            Assert.Equal(version, await database.ScalarAsync<int>("SELECT decided_catalog FROM tokens WHERE jti = $1", Guid.Parse(minted.Jti)));
        }
    }

    [Fact]
    public async Task A_mint_that_is_asked_for_again_at_the_other_is_the_same_grant()
    {
        var task = await StartTaskAsync();
        var request = Story.Mint(task);
        var first = await agentAtOne.Tokens.MintAsync(request);
        var again = await agentAtTwo.Tokens.MintAsync(request);

        Assert.Equal((first.Jti, first.ExpiresAt, first.DecisionId), (again.Jti, again.ExpiresAt, again.DecisionId));
        await ActiveEverywhereAsync(true, first.Token, again.Token);
        var other = request.Clone().Changed(mint => mint.Capability = Story.ReadTicket("acme/tickets/1"));
        await Refused.AsAsync(Reason.RequestIdReused, agentAtTwo.Tokens.MintAsync(other));

        // At the same time at both, too.
        for (var i = 0; i < 20; i++)
        {
            request.RequestId = TestBroker.NewId();
            var both = await Task.WhenAll(agentAtOne.Tokens.MintAsync(request).ResponseAsync, agentAtTwo.Tokens.MintAsync(request).ResponseAsync);
            Assert.Equal((both[0].Jti, both[0].DecisionId), (both[1].Jti, both[1].DecisionId));
            await ActiveEverywhereAsync(true, both[0].Token, both[1].Token);
        }

        Assert.Equal(21, await database.ScalarAsync<int>("SELECT spent FROM tasks WHERE id = $1", Guid.Parse(task)));
        Assert.Equal(21L, await database.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE kind = 1"));
    }

    [Fact]
    public async Task A_heartbeat_at_either_keeps_the_task_alive_at_both_and_none_revives_one_that_is_over()
    {
        var start = Story.Start().Changed(request => request.HeartbeatInterval = Duration.FromTimeSpan(TimeSpan.FromMinutes(5)));
        var task = (await agentAtOne.Tasks.StartTaskAsync(start)).Task.TaskId;
        var due = await DueAsync(agentAtOne);
        foreach (var agent in new[] { agentAtTwo, agentAtOne, agentAtTwo })
        {
            var beaten = await agent.Tasks.HeartbeatAsync(new HeartbeatRequest { RequestId = TestBroker.NewId(), TaskId = task });
            Assert.True(beaten.HeartbeatDue.ToDateTimeOffset() > due);
            due = await DueAsync(agent == agentAtOne ? agentAtTwo : agentAtOne);
            Assert.Equal(beaten.HeartbeatDue.ToDateTimeOffset(), due);
        }

        var minted = await agentAtOne.Tokens.MintAsync(Story.Mint(task));
        await database.ExecuteAsync("UPDATE tasks SET heartbeat_due = clock_timestamp() WHERE id = $1", Guid.Parse(task));
        await ActiveEverywhereAsync(false, minted.Token);
        foreach (var (broker, agent) in new[] { (one, agentAtOne), (two, agentAtTwo) })
            await broker.DeniedAsync(Reason.TaskOver, agent.Tasks.HeartbeatAsync(new HeartbeatRequest { RequestId = TestBroker.NewId(), TaskId = task }));

        async Task<DateTimeOffset> DueAsync(AgentSession agent) =>
            (await agent.Tasks.GetTaskAsync(new GetTaskRequest { TaskId = task })).Task.HeartbeatDue.ToDateTimeOffset();
    }

    [Fact]
    public async Task Whatever_mints_race_with_the_end_of_their_task_none_is_active_anywhere_once_the_end_was_answered()
    {
        var minted = 0;
        for (var round = 0; round < 50; round++)
        {
            var task = await StartTaskAsync();
            var mints = Enumerable.Range(0, 6).Select(i => TryMintAsync(i % 2 == 0 ? agentAtOne : agentAtTwo, task)).ToList();
            // Sometimes the end overtakes them all, sometimes it comes last.
            if (round % 3 > 0) await Task.WhenAny(mints);
            if (round % 3 > 1) await Task.WhenAny(mints[1..]);
            await (round % 2 == 0 ? agentAtTwo : agentAtOne).Tasks.EndTaskAsync(Story.End(task));

            foreach (var mint in mints)
            {
                if (await mint is not { } token) continue;
                minted++;
                await ActiveEverywhereAsync(false, token);
            }
        }

        Assert.InRange(minted, 10, 290);   // both came to pass, or this says nothing
        Assert.Empty((await one.OverSocket().Admin.StandingAccessAsync(new StandingAccessRequest())).Credentials);
    }

    // Null: the task was over.
    private static async Task<string?> TryMintAsync(AgentSession agent, string task)
    {
        try
        {
            return (await agent.Tokens.MintAsync(Story.Mint(task))).Token;
        }
        catch (RpcException denied) when (denied.StatusCode == StatusCode.PermissionDenied)
        {
            return null;
        }
    }

    private static async Task<int> ApplyAsync(TestBroker at, string yaml)
    {
        var applied = await at.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(yaml));
        Assert.True(applied.Valid, string.Join('\n', applied.Problems));
        return applied.Version;
    }

    private async Task<string> StartTaskAsync() => (await agentAtOne.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;

    // Three times: what is asked for again is remembered, which must make no difference.
    private async Task ActiveEverywhereAsync(bool active, params string[] tokens)
    {
        foreach (var token in tokens.SelectMany(token => Enumerable.Repeat(token, 3)))
            foreach (var backend in new[] { backendAtOne, backendAtTwo })
                Assert.Equal(active, (await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = token })).Active);
    }
}
