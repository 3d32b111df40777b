using CredBroker.Core;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Tasks;

/// <summary>Whatever ends a task reaches everything that was delegated from it, at the moment of the answer and whoever is asked.</summary>
public sealed class DelegationEndTests(Postgres postgres) : DelegationScene(postgres)
{
    public static TheoryData<string> Ends =>
        ["end", "cancel", "revoke task", "revoke workload", "revoke initiator", "revoke everything", "deadline", "heartbeat"];

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task The_end_of_a_task_is_that_of_all_below_it(string how)
    {
        var root = await Agent.RootAsync();
        var child = await Agent.HandAsync(root, Helper);
        var grandchild = await Helper.HandAsync(child, Second, request => request.Budget = 2);
        var waiting = (await Helper.Tasks.DelegateTaskAsync(Delegations.Delegate(child, Delegations.Second).Changed(request => request.Budget = 1))).Task.TaskId;
        var tokens = new[]
        {
            (await Agent.Tokens.MintAsync(Story.Mint(root))).Token, (await Helper.Tokens.MintAsync(Story.Mint(child))).Token,
            (await Second.Tokens.MintAsync(Story.Mint(grandchild))).Token,
        };
        // Asked for again and again they are remembered, which must not outlive the end. Clocks that are put forward by hand are not looked at then.
        for (var i = 0; i < (how is "deadline" or "heartbeat" ? 1 : 3); i++)
            foreach (var token in tokens) Assert.True(await Backend.IsActiveAsync(token));

        await EndAsync(root, how);

        foreach (var token in tokens) Assert.False(await Backend.IsActiveAsync(token));
        Assert.Empty((await Broker.OverSocket().Admin.StandingAccessAsync(new StandingAccessRequest())).Credentials);
        await Broker.DeniedAsync(Reason.TaskOver, Helper.Tokens.MintAsync(Story.Mint(child)));
        await Broker.DeniedAsync(Reason.TaskOver, Second.Tokens.MintAsync(Story.Mint(grandchild)));
        await Broker.DeniedAsync(Reason.TaskOver, Second.Tasks.HeartbeatAsync(new HeartbeatRequest { RequestId = TestBroker.NewId(), TaskId = grandchild }));
        await Broker.DeniedAsync(Reason.TaskOver, Second.Tasks.AcceptTaskAsync(Delegations.Accept(waiting)));
        await Broker.DeniedAsync(Reason.TaskOver, Helper.Tasks.DelegateTaskAsync(Delegations.Delegate(child, Delegations.Second).Changed(request => request.Budget = 1)));
        // What ended by a clock is recorded by a job.
        await TestDatabase.UntilAsync(async () => await Broker.Database.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE kind = 4") == 4);
        Assert.Equal(4L, await Broker.Database.ScalarAsync<long>("SELECT count(*) FROM tasks WHERE state = 2"));
    }

    [Fact]
    public async Task The_end_of_a_child_leaves_its_parent_and_its_siblings_alone()
    {
        var root = await Agent.RootAsync();
        var child = await Agent.HandAsync(root, Helper);
        var sibling = await Agent.HandAsync(root, Second);
        var tokens = new[] { (await Agent.Tokens.MintAsync(Story.Mint(root))).Token, (await Second.Tokens.MintAsync(Story.Mint(sibling))).Token };
        var childs = (await Helper.Tokens.MintAsync(Story.Mint(child))).Token;

        await Helper.Tasks.EndTaskAsync(Story.End(child));

        Assert.False(await Backend.IsActiveAsync(childs));
        foreach (var token in tokens) Assert.True(await Backend.IsActiveAsync(token));
        // Its place among the children is free again.
        Assert.Equal(1L, await Broker.Database.ScalarAsync<long>("SELECT count(*) FROM tasks WHERE parent_id = $1 AND state < 2", Guid.Parse(root)));
    }

    [Fact]
    public async Task A_child_that_nobody_accepts_ends_at_its_deadline_and_is_recorded()
    {
        var root = await Agent.RootAsync();
        var waiting = (await Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root))).Task.TaskId;
        await Broker.Database.ExecuteAsync("UPDATE tasks SET deadline = clock_timestamp() WHERE id = $1", Guid.Parse(waiting));

        await Broker.DeniedAsync(Reason.TaskOver, Helper.Tasks.AcceptTaskAsync(Delegations.Accept(waiting)));
        await TestDatabase.UntilAsync(async () => await Broker.Database.ScalarAsync<string>(
            "SELECT payload->>'cause' FROM audit_entries WHERE kind = 4 AND task_id = $1", Guid.Parse(waiting)) == "Deadline");
        Assert.NotEmpty((await Agent.Tokens.MintAsync(Story.Mint(root))).Token);
    }

    // "Everything" is revoked at another workload's door too: the agent's tasks are ended by whoever is named, the helper's by being below.
    private async Task EndAsync(string root, string how)
    {
        var revoke = new RevokeRequest { RequestId = TestBroker.NewId(), Cause = "test" };
        switch (how)
        {
            case "end":
                Assert.Equal(3, (await Agent.Tasks.EndTaskAsync(Story.End(root))).DescendantsEnded);
                return;
            case "cancel":
                Assert.Equal(3, (await Agent.Tasks.EndTaskAsync(Delegations.Cancel(root))).DescendantsEnded);
                return;
            case "deadline":
                await Broker.Database.ExecuteAsync("UPDATE tasks SET deadline = clock_timestamp() WHERE id = $1", Guid.Parse(root));
                return;
            case "heartbeat":
                await Broker.Database.ExecuteAsync("UPDATE tasks SET heartbeat_due = clock_timestamp() WHERE id = $1", Guid.Parse(root));
                return;
            case "revoke task":
                revoke.TaskId = root;
                break;
            case "revoke workload":
                revoke.Workload = TestCatalog.Agent;
                break;
            case "revoke initiator":
                revoke.Initiator = "user:alice@example.test";
                break;
            case "revoke everything":
                revoke.Everything = true;
                break;
        }

        Assert.Equal(4, (await Broker.OverSocket().Admin.RevokeAsync(revoke)).TasksEnded);
    }
}
