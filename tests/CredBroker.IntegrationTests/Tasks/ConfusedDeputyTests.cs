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
public sealed class ConfusedDeputyTests(Postgres postgres) : DelegationScene(postgres)
{
    private static readonly Uri Ticket = new("https://tickets.example.test/4711");

    private string root = null!;
    private string child = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        root = await Agent.RootAsync();
        child = await Agent.HandAsync(root, Helper);
    }

    [Fact]
    public async Task A_child_has_no_use_for_its_parents_token_nor_a_parent_for_its_childs()
    {
        var grandchild = await Helper.HandAsync(child, Second, request => request.Budget = 1);
        foreach (var (owner, task, other) in new[] { (Agent, root, Helper), (Helper, child, Second), (Second, grandchild, Helper) })
        {
            var minted = await owner.Tokens.MintAsync(Story.Mint(task));

            Assert.True(await IsActiveAsync(minted.Token, owner));
            Assert.False(await IsActiveAsync(minted.Token, other));
            await Broker.DeniedAsync(
                Reason.NotYourToken, other.Tokens.RevokeAsync(new RevokeTokenRequest { RequestId = TestBroker.NewId(), Jti = minted.Jti, Cause = "test" }));
        }
    }

    [Fact]
    public async Task Nobody_mints_beats_delegates_or_ends_under_a_task_of_another_in_the_tree()
    {
        var sibling = await Agent.HandAsync(root, Second);
        foreach (var (task, others) in new[] { (root, new[] { Helper, Second }), (child, [Agent, Second]), (sibling, [Agent, Helper]) })
        {
            foreach (var other in others)
            {
                await Broker.DeniedAsync(Reason.NotYourTask, other.Tokens.MintAsync(Story.Mint(task)));
                await Broker.DeniedAsync(Reason.NotYourTask, other.Tasks.HeartbeatAsync(new HeartbeatRequest { RequestId = TestBroker.NewId(), TaskId = task }));
                await Broker.DeniedAsync(Reason.NotYourTask, other.Tasks.DelegateTaskAsync(Delegations.Delegate(task, other.Identity.SpiffeId)));
                await Broker.DeniedAsync(Reason.NotYourTask, other.Tasks.AcceptTaskAsync(Delegations.Accept(task)));
                await Broker.DeniedAsync(Reason.NotYourTask, other.Tasks.EndTaskAsync(Story.End(task)));
            }
        }

        Assert.Equal(3L, await Broker.Database.ScalarAsync<long>("SELECT count(*) FROM tasks WHERE state = 1"));
    }

    [Fact]
    public async Task Only_the_workload_that_it_was_given_to_accepts_a_child()
    {
        var given = (await Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root))).Task.TaskId;
        foreach (var wrong in new[] { Agent, Second, Backend })
            await Broker.DeniedAsync(Reason.NotYourTask, wrong.Tasks.AcceptTaskAsync(Delegations.Accept(given)));
        await Broker.DeniedAsync(Reason.UnknownTask, Helper.Tasks.AcceptTaskAsync(Delegations.Accept(TestBroker.NewId())));
        Assert.False((await Helper.Tasks.AcceptTaskAsync(Delegations.Accept(given))).AlreadyAccepted);
    }

    [Fact]
    public async Task The_request_id_of_another_gets_a_token_of_ones_own_and_no_other()
    {
        var theirs = Story.Mint(root);
        var parents = await Agent.Tokens.MintAsync(theirs);

        var own = await Helper.Tokens.MintAsync(theirs.Clone().Changed(mint => mint.TaskId = child));

        Assert.NotEqual(parents.Jti, own.Jti);
        Assert.Equal(Delegations.Helper, Delegations.ClaimsOf(own.Token).GetProperty("client_id").GetString());
        await Broker.DeniedAsync(Reason.NotYourTask, Helper.Tokens.MintAsync(theirs));
        // Answers are kept by caller: the id of a request that was the agent's is a new one of the helper's.
        var request = Delegations.Delegate(root);
        await Agent.Tasks.DelegateTaskAsync(request);
        await Broker.DeniedAsync(Reason.NotYourTask, Helper.Tasks.DelegateTaskAsync(request));
    }

    [Fact]
    public async Task A_child_that_delegates_back_to_its_parents_workload_gives_it_no_more_than_it_has_itself()
    {
        await Broker.DeniedAsync(
            Reason.ActionOutsideEnvelope,
            Helper.Tasks.DelegateTaskAsync(Delegations.Delegate(child, TestCatalog.Agent, Story.SendMail()).Changed(request => request.Budget = 1)));
        var back = await Helper.HandAsync(child, Agent, request => request.Budget = 1);
        await Broker.DeniedAsync(Reason.ActionOutsideEnvelope, Agent.Tokens.MintAsync(Story.Mint(back, Story.SendMail())));
    }

    [Fact]
    public async Task A_parent_gives_nothing_through_a_child_that_it_may_not_do_itself()
    {
        // The helper may read closed tickets; the agent, and so everybody who works for it, may not.
        var closed = Story.ReadTicket("acme/tickets/*").Only(Story.OneOf("state", "closed"));
        var own = (await Helper.Tasks.StartTaskAsync(Story.Start(closed))).Task.TaskId;
        Assert.NotEmpty((await Helper.Tokens.MintAsync(Story.Mint(own, closed.Clone().Changed(mint => mint.Resource = "acme/tickets/1")))).Token);

        await Broker.DeniedAsync(Reason.ParameterOutsideEnvelope, Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root, Delegations.Helper, closed)));
        await Broker.DeniedAsync(
            Reason.ParameterOutsideEnvelope, Helper.Tokens.MintAsync(Story.Mint(child, closed.Clone().Changed(mint => mint.Resource = "acme/tickets/1"))));
    }

    [Fact]
    public async Task After_its_end_a_task_is_neither_delegated_nor_are_its_children_accepted()
    {
        var waiting = (await Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root))).Task.TaskId;
        await Agent.Tasks.EndTaskAsync(Story.End(root));

        await Broker.DeniedAsync(Reason.TaskOver, Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root)));
        await Broker.DeniedAsync(Reason.TaskOver, Helper.Tasks.DelegateTaskAsync(Delegations.Delegate(child, Delegations.Second)));
        await Broker.DeniedAsync(Reason.TaskOver, Helper.Tasks.AcceptTaskAsync(Delegations.Accept(waiting)));
        await Broker.DeniedAsync(Reason.TaskOver, Helper.Tasks.AcceptTaskAsync(Delegations.Accept(child)));
    }

    // A token's subject is on whose behalf. It must never say who calls the broker, whatever somebody writes into a catalog.
    [Fact]
    public async Task A_childs_token_is_no_identity_even_where_a_tools_audience_is_the_brokers_own()
    {
        var issuer = Broker.Service<Server.BrokerOptions>().Issuer;
        var mixed = Delegations.Yaml().Replace("https://mail.example.test", issuer, StringComparison.Ordinal);
        Assert.True((await Broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(mixed))).Valid);
        var mailer = await Agent.HandAsync(root, Helper, request =>
        {
            request.Envelope.Clear();
            request.Envelope.Add(Story.SendMail());
        });
        var minted = await Helper.Tokens.MintAsync(Story.Mint(mailer, Story.SendMail()));
        Assert.Equal((TestCatalog.Agent, issuer), (
            Delegations.ClaimsOf(minted.Token).GetProperty("sub").GetString(), Delegations.ClaimsOf(minted.Token).GetProperty("aud").GetString()));

        var proof = Helper.ProofFor("POST", new Uri($"{Broker.TcpAddress}/credbroker.v1.Attestation/WhoAmI"), minted.Token);
        var metadata = new Metadata { { "authorization", $"DPoP {minted.Token}" }, { "dpop", proof } };
        await Refused.AsAsync(Reason.IdentityTokenRefused, Broker.OverTcp().Attestation.WhoAmIAsync(new WhoAmIRequest(), metadata));
    }

    private async Task<bool> IsActiveAsync(string token, AgentSession presentedBy)
    {
        var proof = new PresentedProof { Dpop = presentedBy.ProofFor("GET", Ticket, token), Method = "GET", Uri = Ticket.ToString() };
        return (await Backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = token, Proof = proof })).Active;
    }
}
