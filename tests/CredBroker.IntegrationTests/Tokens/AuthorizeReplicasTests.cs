using CredBroker.Client;
using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Tokens;

/// <summary>Two replicas over one database give away a use once, and each answers by what the other has done.</summary>
public sealed class AuthorizeReplicasTests(Postgres postgres) : IAsyncLifetime
{
    private TestDatabase database = null!;
    private TestBroker one = null!;
    private TestBroker two = null!;
    private AgentSession agent = null!;
    private AgentSession atOne = null!;
    private AgentSession atTwo = null!;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.CreateDatabaseAsync();
        one = await TestBroker.StartAsync(database, catalog: AuthorizeScene.SingleUse());
        two = await TestBroker.StartAsync(database, catalog: AuthorizeScene.SingleUse());
        agent = await one.AgentAsync();
        // The same backend with the same key at both: a call may go to either.
        var key = EphemeralKey.Create();
        var made = await one.OverSocket().Admin.CreateJoinTokenAsync(new CreateJoinTokenRequest { RequestId = TestBroker.NewId(), Workload = "backend" });
        atOne = await AgentSession.AttestAsync(one.OverTcp(), new Evidence.JoinToken(made.Secret), key, TestContext.Current.CancellationToken);
        atTwo = AgentSession.Resume(two.OverTcp(), atOne.Identity, key);
    }

    public async ValueTask DisposeAsync()
    {
        await agent.DisposeAsync();
        await atOne.DisposeAsync();
        await atTwo.DisposeAsync();
        await one.DisposeAsync();
        await two.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task A_single_use_is_one_use_under_a_hundred_callers_at_both()
    {
        var minted = await agent.MintAsync();
        var requests = Enumerable.Range(0, 100).Select(_ => AuthorizeScene.Request(agent, minted.Token)).ToList();

        var answers = await Task.WhenAll(requests.Select((request, i) => (i % 2 == 0 ? atOne : atTwo).Tokens.AuthorizeAsync(request).ResponseAsync));

        Assert.Single(answers, answer => answer.Allowed);
        Assert.Equal(99L, await database.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE kind = 21 AND payload->>'reason' = 'UsesSpent'"));
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE kind = 20"));
        await database.NotAllowedAsync(Reason.UsesSpent, atTwo.Tokens.AuthorizeAsync(AuthorizeScene.Request(agent, minted.Token)));
        Assert.False((await atOne.Tokens.IntrospectAsync(new IntrospectRequest { Token = minted.Token })).Active);
        Assert.Empty((await two.OverSocket().Admin.StandingAccessAsync(new StandingAccessRequest())).Credentials);
    }

    [Fact]
    public async Task A_request_whose_answer_was_lost_is_answered_the_same_at_the_other_and_takes_no_second_use()
    {
        var minted = await agent.MintAsync();
        var request = AuthorizeScene.Request(agent, minted.Token);

        var first = await database.AllowedAsync(atOne.Tokens.AuthorizeAsync(request));
        Assert.Equal(first, await atTwo.Tokens.AuthorizeAsync(request));
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM authorizations"));
    }

    [Fact]
    public async Task A_request_id_means_one_call()
    {
        var minted = await agent.MintAsync(Story.ReadTicket("acme/tickets/*"));
        var request = AuthorizeScene.Request(agent, minted.Token);
        await database.AllowedAsync(atOne.Tokens.AuthorizeAsync(request));

        var other = request.Clone().Changed(changed => changed.Resource = "acme/tickets/1");
        await Refused.AsAsync(Reason.RequestIdReused, atTwo.Tokens.AuthorizeAsync(other));
        await Refused.AsAsync(Reason.RequestIdReused, atOne.Tokens.AuthorizeAsync(other));
    }

    [Fact]
    public async Task One_request_at_both_at_once_is_one_use()
    {
        for (var round = 0; round < 20; round++)
        {
            var minted = await agent.MintAsync();
            var request = AuthorizeScene.Request(agent, minted.Token);

            var both = await Task.WhenAll(atOne.Tokens.AuthorizeAsync(request).ResponseAsync, atTwo.Tokens.AuthorizeAsync(request).ResponseAsync);

            Assert.True(both[0].Allowed);
            Assert.Equal(both[0], both[1]);
        }

        Assert.Equal(20L, await database.ScalarAsync<long>("SELECT count(*) FROM authorizations"));
    }

    [Fact]
    public async Task What_one_has_answered_the_other_knows_at_the_next_call()
    {
        var yaml = AuthorizeScene.SingleUse();
        var without = yaml.Replace("actions: [read], resource: acme/**, parameters: { state: { one_of: [open] } }", "actions: [write], resource: acme/x", StringComparison.Ordinal);
        for (var turn = 0; turn < 5; turn++)
        {
            var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
            string[] tokens = [(await agent.Tokens.MintAsync(Story.Mint(task))).Token, (await agent.Tokens.MintAsync(Story.Mint(task))).Token];
            var revoked = await agent.Tokens.MintAsync(Story.Mint(task));
            await agent.Tokens.RevokeAsync(new RevokeTokenRequest { RequestId = TestBroker.NewId(), Jti = revoked.Jti, Cause = "test" });
            await database.NotAllowedAsync(Reason.TokenOver, atTwo.Tokens.AuthorizeAsync(AuthorizeScene.Request(agent, revoked.Token)));

            Assert.True((await one.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(without))).Valid);
            await database.NotAllowedAsync(Reason.ActionNotAllowed, atTwo.Tokens.AuthorizeAsync(AuthorizeScene.Request(agent, tokens[0])));
            Assert.True((await one.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(yaml))).Valid);
            // A grant elsewhere in the tree that adds to its history: decided again, and allowed.
            await agent.Tokens.MintAsync(Story.Mint(task, Story.SendMail()));
            await database.AllowedAsync(atTwo.Tokens.AuthorizeAsync(AuthorizeScene.Request(agent, tokens[0])));

            await agent.Tasks.EndTaskAsync(Story.End(task));
            await database.NotAllowedAsync(Reason.TaskOver, atTwo.Tokens.AuthorizeAsync(AuthorizeScene.Request(agent, tokens[1])));
        }
    }
}
