using CredBroker.Client;
using CredBroker.Core;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.V1;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Tasks;

/// <summary>
/// Nobody in a tree of tasks gets what is another's: not a child its parent's, nor a parent its child's, nor one child another's. The
/// agent delegates to the helper and to the second; a token, a task id and a request id are known to all of them.
/// </summary>
public sealed class ConfusedDeputyTests(Postgres postgres) : IAsyncLifetime
{
    private static readonly Uri Ticket = new("https://tickets.example.test/4711");

    private TestBroker broker = null!;
    private AgentSession agent = null!;
    private AgentSession helper = null!;
    private AgentSession second = null!;
    private AgentSession backend = null!;
    private string root = null!;
    private string child = null!;

    public async ValueTask InitializeAsync()
    {
        broker = await TestBroker.StartAsync(postgres, catalog: Delegations.Yaml());
        agent = await broker.AgentAsync();
        helper = await broker.JoinAsync("helper");
        second = await broker.JoinAsync("second");
        backend = await broker.JoinAsync("backend");
        root = await agent.RootAsync();
        child = await agent.HandAsync(root, helper);
    }

    public async ValueTask DisposeAsync()
    {
        await backend.DisposeAsync();
        await second.DisposeAsync();
        await helper.DisposeAsync();
        await agent.DisposeAsync();
        await broker.DisposeAsync();
    }

    [Fact]
    public async Task A_child_has_no_use_for_its_parents_token_nor_a_parent_for_its_childs()
    {
        var grandchild = await helper.HandAsync(child, second, request => request.Budget = 1);
        foreach (var (owner, task, other) in new[] { (agent, root, helper), (helper, child, second), (second, grandchild, helper) })
        {
            var minted = await owner.Tokens.MintAsync(Story.Mint(task));

            Assert.True(await IsActiveAsync(minted.Token, owner));
            Assert.False(await IsActiveAsync(minted.Token, other));
            await broker.DeniedAsync(
                Reason.NotYourToken, other.Tokens.RevokeAsync(new RevokeTokenRequest { RequestId = TestBroker.NewId(), Jti = minted.Jti, Cause = "test" }));
        }
    }

    [Fact]
    public async Task Nobody_mints_beats_delegates_or_ends_under_a_task_of_another_in_the_tree()
    {
        var sibling = await agent.HandAsync(root, second);
        foreach (var (task, others) in new[] { (root, new[] { helper, second }), (child, [agent, second]), (sibling, [agent, helper]) })
        {
            foreach (var other in others)
            {
                await broker.DeniedAsync(Reason.NotYourTask, other.Tokens.MintAsync(Story.Mint(task)));
                await broker.DeniedAsync(Reason.NotYourTask, other.Tasks.HeartbeatAsync(new HeartbeatRequest { RequestId = TestBroker.NewId(), TaskId = task }));
                await broker.DeniedAsync(Reason.NotYourTask, other.Tasks.DelegateTaskAsync(Delegations.Delegate(task, other.Identity.SpiffeId)));
                await broker.DeniedAsync(Reason.NotYourTask, other.Tasks.AcceptTaskAsync(Delegations.Accept(task)));
                await broker.DeniedAsync(Reason.NotYourTask, other.Tasks.EndTaskAsync(Story.End(task)));
            }
        }

        Assert.Equal(3L, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM tasks WHERE state = 1"));
    }

    [Fact]
    public async Task Only_the_workload_that_it_was_given_to_accepts_a_child()
    {
        var given = (await agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root))).Task.TaskId;
        foreach (var wrong in new[] { agent, second, backend })
            await broker.DeniedAsync(Reason.NotYourTask, wrong.Tasks.AcceptTaskAsync(Delegations.Accept(given)));
        await broker.DeniedAsync(Reason.UnknownTask, helper.Tasks.AcceptTaskAsync(Delegations.Accept(TestBroker.NewId())));
        Assert.False((await helper.Tasks.AcceptTaskAsync(Delegations.Accept(given))).AlreadyAccepted);
    }

    [Fact]
    public async Task The_request_id_of_another_gets_a_token_of_ones_own_and_no_other()
    {
        var theirs = Story.Mint(root);
        var parents = await agent.Tokens.MintAsync(theirs);

        var own = await helper.Tokens.MintAsync(theirs.Clone().Changed(mint => mint.TaskId = child));

        Assert.NotEqual(parents.Jti, own.Jti);
        Assert.Equal(Delegations.Helper, Delegations.ClaimsOf(own.Token).GetProperty("client_id").GetString());
        await broker.DeniedAsync(Reason.NotYourTask, helper.Tokens.MintAsync(theirs));
        // Answers are kept by caller: the id of a request that was the agent's is a new one of the helper's.
        var request = Delegations.Delegate(root);
        await agent.Tasks.DelegateTaskAsync(request);
        await broker.DeniedAsync(Reason.NotYourTask, helper.Tasks.DelegateTaskAsync(request));
    }

    [Fact]
    public async Task A_child_that_delegates_back_to_its_parents_workload_gives_it_no_more_than_it_has_itself()
    {
        await broker.DeniedAsync(
            Reason.ActionOutsideEnvelope,
            helper.Tasks.DelegateTaskAsync(Delegations.Delegate(child, TestCatalog.Agent, Story.SendMail()).Changed(request => request.Budget = 1)));
        var back = await helper.HandAsync(child, agent, request => request.Budget = 1);
        await broker.DeniedAsync(Reason.ActionOutsideEnvelope, agent.Tokens.MintAsync(Story.Mint(back, Story.SendMail())));
    }

    [Fact]
    public async Task A_parent_gives_nothing_through_a_child_that_it_may_not_do_itself()
    {
        // The helper may read closed tickets; the agent, and so everybody who works for it, may not.
        var closed = Story.ReadTicket("acme/tickets/*").Only(Story.OneOf("state", "closed"));
        var own = (await helper.Tasks.StartTaskAsync(Story.Start(closed))).Task.TaskId;
        Assert.NotEmpty((await helper.Tokens.MintAsync(Story.Mint(own, closed.Clone().Changed(mint => mint.Resource = "acme/tickets/1")))).Token);

        await broker.DeniedAsync(Reason.ParameterOutsideEnvelope, agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root, Delegations.Helper, closed)));
        await broker.DeniedAsync(
            Reason.ParameterOutsideEnvelope, helper.Tokens.MintAsync(Story.Mint(child, closed.Clone().Changed(mint => mint.Resource = "acme/tickets/1"))));
    }

    [Fact]
    public async Task After_its_end_a_task_is_neither_delegated_nor_are_its_children_accepted()
    {
        var waiting = (await agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root))).Task.TaskId;
        await agent.Tasks.EndTaskAsync(Story.End(root));

        await broker.DeniedAsync(Reason.TaskOver, agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root)));
        await broker.DeniedAsync(Reason.TaskOver, helper.Tasks.DelegateTaskAsync(Delegations.Delegate(child, Delegations.Second)));
        await broker.DeniedAsync(Reason.TaskOver, helper.Tasks.AcceptTaskAsync(Delegations.Accept(waiting)));
        await broker.DeniedAsync(Reason.TaskOver, helper.Tasks.AcceptTaskAsync(Delegations.Accept(child)));
    }

    // A token's subject is on whose behalf. It must never say who calls the broker, whatever somebody writes into a catalog.
    [Fact]
    public async Task A_childs_token_is_no_identity_even_where_a_tools_audience_is_the_brokers_own()
    {
        var issuer = broker.Service<Server.BrokerOptions>().Issuer;
        var mixed = Delegations.Yaml().Replace("https://mail.example.test", issuer, StringComparison.Ordinal);
        Assert.True((await broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(mixed))).Valid);
        var mailer = await agent.HandAsync(root, helper, request =>
        {
            request.Envelope.Clear();
            request.Envelope.Add(Story.SendMail());
        });
        var minted = await helper.Tokens.MintAsync(Story.Mint(mailer, Story.SendMail()));
        Assert.Equal((TestCatalog.Agent, issuer), (
            Delegations.ClaimsOf(minted.Token).GetProperty("sub").GetString(), Delegations.ClaimsOf(minted.Token).GetProperty("aud").GetString()));

        var proof = helper.ProofFor("POST", new Uri($"{broker.TcpAddress}/credbroker.v1.Attestation/WhoAmI"), minted.Token);
        var metadata = new Metadata { { "authorization", $"DPoP {minted.Token}" }, { "dpop", proof } };
        await Refused.AsAsync(Reason.IdentityTokenRefused, broker.OverTcp().Attestation.WhoAmIAsync(new WhoAmIRequest(), metadata));
    }

    private async Task<bool> IsActiveAsync(string token, AgentSession presentedBy)
    {
        var proof = new PresentedProof { Dpop = presentedBy.ProofFor("GET", Ticket, token), Method = "GET", Uri = Ticket.ToString() };
        return (await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = token, Proof = proof })).Active;
    }
}
