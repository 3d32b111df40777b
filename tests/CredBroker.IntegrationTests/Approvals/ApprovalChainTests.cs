using CredBroker.Client;
using CredBroker.Core;
using CredBroker.IntegrationTests.Tasks;
using CredBroker.V1;
using static CredBroker.IntegrationTests.Approvals.ApprovalBroker;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Approvals;

/// <summary>Approvals in a tree of tasks: the agent delegates to the other workload. Each is one task's, and nobody of a chain gives one to it.</summary>
public sealed class ApprovalChainTests(Postgres postgres) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private ApprovalBroker broker = null!;
    private AgentSession other = null!;
    private string root = null!;
    private string child = null!;

    public async ValueTask InitializeAsync()
    {
        broker = await ApprovalBroker.StartAsync(postgres);
        other = await broker.JoinAsync("other");
        root = await broker.TaskAsync(Ida);
        child = await ChildAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await other.DisposeAsync();
        await broker.DisposeAsync();
    }

    [Fact]
    public async Task A_child_asks_for_itself_and_uses_what_it_was_given()
    {
        var id = await AskAsync(other, child);
        var pending = await broker.FindAsync(id);
        Assert.Equal((child, root, other.Identity.SpiffeId, Ida), (pending.TaskId, pending.RootTaskId, pending.Workload, pending.Initiator));
        await broker.VoteAsync("ada", id);

        Assert.NotEmpty((await other.Tokens.MintAsync(Use(child, id), cancellationToken: Ct)).Token);
    }

    [Fact]
    public async Task Nobody_in_a_tree_uses_the_approval_of_another()
    {
        var sibling = await ChildAsync();
        var (ofRoot, ofChild) = (await broker.AskAsync(root), await AskAsync(other, child));
        await broker.VoteAsync("ada", ofRoot);
        await broker.VoteAsync("ada", ofChild);

        await broker.DeniedAsync(Reason.NotYourApproval, other.Tokens.MintAsync(Use(child, ofRoot), cancellationToken: Ct));
        await broker.DeniedAsync(Reason.NotYourTask, other.Tokens.MintAsync(Use(root, ofRoot), cancellationToken: Ct));
        await broker.DeniedAsync(Reason.NotYourApproval, broker.UseAsync(root, ofChild));
        await broker.DeniedAsync(Reason.NotYourTask, broker.UseAsync(child, ofChild));
        await broker.DeniedAsync(Reason.ApprovalForOther, other.Tokens.MintAsync(Use(sibling, ofChild), cancellationToken: Ct));

        Assert.Equal([ApprovalState.Approved, ApprovalState.Approved], [await broker.StateAsync(ofRoot), await broker.StateAsync(ofChild)]);
        Assert.NotEmpty((await broker.UseAsync(root, ofRoot)).Token);
        Assert.NotEmpty((await other.Tokens.MintAsync(Use(child, ofChild), cancellationToken: Ct)).Token);
    }

    [Theory]
    [InlineData("ida")]      // on whose behalf the tree runs
    [InlineData("tom")]      // of the team that owns the workload above
    [InlineData("vera")]     // who can prove to be that workload
    [InlineData("otto")]     // of the team that owns the workload itself
    [InlineData("xena")]     // who can prove to be it
    public async Task Nobody_of_the_chain_decides(string person)
    {
        var id = await AskAsync(other, child);

        await broker.AsAsync(Reason.SelfApproval, broker.VoteAsync(person, id));
        await broker.AsAsync(Reason.SelfApproval, broker.As(person).Approvals.DecideApprovalAsync(Deny(id), cancellationToken: Ct));
        Assert.Equal(ApprovalState.Pending, await broker.StateAsync(id));

        await broker.ApplyAsync("{ self_approval: true }");
        if (person is "vera" or "xena") await broker.AsAsync(Reason.SelfApproval, broker.VoteAsync(person, id));
        else Assert.Equal(ApprovalState.Approved, (await broker.VoteAsync(person, id)).Approvals[0].State);
    }

    [Fact]
    public async Task Whoever_is_below_a_task_is_not_of_its_chain()
    {
        var id = await broker.AskAsync(root);

        foreach (var person in new[] { "ida", "tom", "vera" }) await broker.AsAsync(Reason.SelfApproval, broker.VoteAsync(person, id));
        Assert.Equal(ApprovalState.Approved, (await broker.VoteAsync("otto", id)).Approvals[0].State);
    }

    [Fact]
    public async Task The_end_of_a_task_above_cancels_what_was_asked_and_given_below()
    {
        var (given, asked) = (await AskAsync(other, child), await AskAsync(other, child, Release("payroll")));
        await broker.VoteAsync("ada", given);
        await broker.Agent.Tasks.EndTaskAsync(Story.End(root), cancellationToken: Ct);

        await broker.DeniedAsync(Reason.TaskOver, other.Tokens.MintAsync(Use(child, given), cancellationToken: Ct));
        await broker.AsAsync(Reason.ApprovalOver, broker.VoteAsync("ada", asked));
        Assert.Equal([ApprovalState.Cancelled, ApprovalState.Cancelled], [await broker.StateAsync(given), await broker.StateAsync(asked)]);
    }

    private async Task<string> ChildAsync()
    {
        var id = (await broker.Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root, other.Identity.SpiffeId, Release("**")), cancellationToken: Ct)).Task.TaskId;
        await other.Tasks.AcceptTaskAsync(Delegations.Accept(id), cancellationToken: Ct);
        return id;
    }
}
