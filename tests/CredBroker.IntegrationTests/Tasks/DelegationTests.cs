using CredBroker.Client;
using CredBroker.Core;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Tasks;

/// <summary>What a delegated task is, over the wire: from the moment that it waits to its tokens.</summary>
public sealed class DelegationTests(Postgres postgres) : DelegationScene(postgres)
{
    [Fact]
    public async Task A_child_waits_for_its_workload_and_then_mints_as_itself_on_behalf_of_the_root()
    {
        var root = await Agent.RootAsync();

        var delegated = await Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root));

        var waiting = delegated.Task;
        Assert.Equal((root, root, Delegations.Helper, "user:alice@example.test"), (waiting.ParentTaskId, waiting.RootTaskId, waiting.Workload, waiting.Initiator));
        Assert.Equal((TaskState.Waiting, 4, "Look the ticket up"), (waiting.State, waiting.Budget, waiting.Intent));
        Assert.Equal("acme/tickets/*", Assert.Single(waiting.Envelope).Resource);
        Assert.Null(waiting.HeartbeatDue);
        Assert.Equal(waiting, (await Helper.Tasks.GetTaskAsync(new GetTaskRequest { TaskId = waiting.TaskId })).Task);
        await Broker.DeniedAsync(Reason.TaskWaiting, Helper.Tokens.MintAsync(Story.Mint(waiting.TaskId)));

        var accepted = await Helper.Tasks.AcceptTaskAsync(Delegations.Accept(waiting.TaskId));
        Assert.False(accepted.AlreadyAccepted);
        Assert.Equal(waiting.Changed(task => task.State = TaskState.Active), accepted.Task);

        var minted = await Helper.Tokens.MintAsync(Story.Mint(waiting.TaskId));
        var claims = Delegations.ClaimsOf(minted.Token);
        Assert.Equal((TestCatalog.Agent, Delegations.Helper), (claims.GetProperty("sub").GetString(), claims.GetProperty("client_id").GetString()));
        Assert.Equal($$"""{"sub":"{{Delegations.Helper}}"}""", claims.GetProperty("act").GetRawText());
        Assert.Equal((waiting.TaskId, root), (claims.GetProperty("task").GetString(), claims.GetProperty("txn").GetString()));
        var active = await Backend.Tokens.IntrospectAsync(new IntrospectRequest
        {
            Token = minted.Token, Proof = Proof(Helper, minted.Token),
        });
        Assert.Equal(
            (true, TestCatalog.Agent, Delegations.Helper, waiting.TaskId, root), (active.Active, active.Sub, active.ClientId, active.TaskId, active.Txn));
        var standing = await Broker.OverSocket().Admin.StandingAccessAsync(new StandingAccessRequest());
        Assert.Equal((minted.Jti, Delegations.Helper), (Assert.Single(standing.Credentials).Jti, standing.Credentials[0].Workload));
    }

    [Fact]
    public async Task The_act_chain_is_the_chain_of_the_workloads_that_were_attested()
    {
        var root = await Agent.RootAsync();
        var child = await Agent.HandAsync(root, Helper);
        var grandchild = await Helper.HandAsync(child, Second, request => request.Budget = 3);
        var back = await Second.HandAsync(grandchild, Agent, request => request.Budget = 2);

        var deep = Delegations.ClaimsOf((await Second.Tokens.MintAsync(Story.Mint(grandchild))).Token);
        Assert.Equal(TestCatalog.Agent, deep.GetProperty("sub").GetString());
        Assert.Equal($$$"""{"sub":"{{{Delegations.Second}}}","act":{"sub":"{{{Delegations.Helper}}}"}}""", deep.GetProperty("act").GetRawText());

        // Whoever gets its own work back is an actor for itself, by way of the others, and no more than they are.
        var deepest = Delegations.ClaimsOf((await Agent.Tokens.MintAsync(Story.Mint(back))).Token);
        Assert.Equal(
            $$$$"""{"sub":"{{{{TestCatalog.Agent}}}}","act":{"sub":"{{{{Delegations.Second}}}}","act":{"sub":"{{{{Delegations.Helper}}}}"}}}""",
            deepest.GetProperty("act").GetRawText());
        Assert.Equal((back, root), (deepest.GetProperty("task").GetString(), deepest.GetProperty("txn").GetString()));
        await Broker.DeniedAsync(Reason.ActionOutsideEnvelope, Agent.Tokens.MintAsync(Story.Mint(back, Story.SendMail())));
    }

    [Fact]
    public async Task The_childs_budget_is_taken_out_of_its_parents_and_does_not_come_back()
    {
        var root = (await Agent.Tasks.StartTaskAsync(Story.Start().Changed(start => start.Budget = 5))).Task.TaskId;
        var child = await Agent.HandAsync(root, Helper, request => request.Budget = 3);

        Assert.Equal((2, 0), await BudgetAsync(Agent, root));
        await Agent.Tokens.MintAsync(Story.Mint(root));
        await Agent.Tokens.MintAsync(Story.Mint(root));
        await Broker.DeniedAsync(Reason.BudgetSpent, Agent.Tokens.MintAsync(Story.Mint(root)));
        for (var i = 0; i < 3; i++) await Helper.Tokens.MintAsync(Story.Mint(child));
        await Broker.DeniedAsync(Reason.BudgetSpent, Helper.Tokens.MintAsync(Story.Mint(child)));

        await Helper.Tasks.EndTaskAsync(Story.End(child));
        Assert.Equal((2, 2), await BudgetAsync(Agent, root));
        await Broker.DeniedAsync(Reason.BudgetOverParents, Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root).Changed(request => request.Budget = 1)));
    }

    [Fact]
    public async Task A_budget_that_is_not_asked_for_is_half_of_what_the_parent_has_left()
    {
        var root = await Agent.RootAsync();
        Assert.Equal(50, (await Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root).Changed(request => request.ClearBudget()))).Task.Budget);
        Assert.Equal(25, (await Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root).Changed(request => request.ClearBudget()))).Task.Budget);
        Assert.Equal((25, 0), await BudgetAsync(Agent, root));
    }

    [Fact]
    public async Task A_child_ends_no_later_than_its_parent()
    {
        var root = (await Agent.Tasks.StartTaskAsync(Story.Start().Within(TimeSpan.FromMinutes(3)))).Task;
        var child = (await Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root.TaskId))).Task;
        Assert.Equal(root.Deadline, child.Deadline);
    }

    [Fact]
    public async Task The_same_request_is_answered_with_the_same_child_and_takes_the_budget_once()
    {
        var root = await Agent.RootAsync();
        var request = Delegations.Delegate(root);
        var first = await Agent.Tasks.DelegateTaskAsync(request);

        Assert.Equal(first, await Agent.Tasks.DelegateTaskAsync(request));
        await Refused.AsAsync(Reason.RequestIdReused, Agent.Tasks.DelegateTaskAsync(request.Clone().Changed(other => other.Intent = "another")));

        Assert.Equal((96, 0), await BudgetAsync(Agent, root));
        Assert.Equal(1L, await Broker.Database.ScalarAsync<long>("SELECT count(*) FROM tasks WHERE parent_id = $1", Guid.Parse(root)));
    }

    [Fact]
    public async Task Accepting_again_is_fine_and_says_so()
    {
        var child = (await Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(await Agent.RootAsync()))).Task.TaskId;
        var request = Delegations.Accept(child);
        var first = await Helper.Tasks.AcceptTaskAsync(request);

        Assert.Equal(first, await Helper.Tasks.AcceptTaskAsync(request));
        var again = await Helper.Tasks.AcceptTaskAsync(Delegations.Accept(child).Changed(other => other.HeartbeatInterval = Duration.FromTimeSpan(TimeSpan.FromMinutes(1))));
        Assert.Equal((true, "", first.Task), (again.AlreadyAccepted, again.DecisionId, again.Task));
        // What never was delegated was accepted when it was started.
        Assert.True((await Agent.Tasks.AcceptTaskAsync(Delegations.Accept(await Agent.RootAsync()))).AlreadyAccepted);
        Assert.Equal(1L, await Broker.Database.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE kind = 15"));
    }

    [Fact]
    public async Task The_child_promises_its_own_heartbeats_when_it_accepts()
    {
        var child = (await Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(await Agent.RootAsync()))).Task.TaskId;
        await Broker.DeniedAsync(Reason.TaskWaiting, Helper.Tasks.HeartbeatAsync(new HeartbeatRequest { RequestId = TestBroker.NewId(), TaskId = child }));

        var accepted = await Helper.Tasks.AcceptTaskAsync(
            Delegations.Accept(child).Changed(request => request.HeartbeatInterval = Duration.FromTimeSpan(TimeSpan.FromMinutes(5))));
        var beaten = await Helper.Tasks.HeartbeatAsync(new HeartbeatRequest { RequestId = TestBroker.NewId(), TaskId = child });
        Assert.True(beaten.HeartbeatDue.ToDateTimeOffset() > accepted.Task.HeartbeatDue.ToDateTimeOffset());

        await Broker.Database.ExecuteAsync("UPDATE tasks SET heartbeat_due = clock_timestamp() WHERE id = $1", Guid.Parse(child));
        await Broker.DeniedAsync(Reason.TaskOver, Helper.Tokens.MintAsync(Story.Mint(child)));
    }

    [Fact]
    public async Task Whoever_delegated_sees_the_child_and_may_cancel_it_and_nothing_else()
    {
        var root = await Agent.RootAsync();
        var child = await Agent.HandAsync(root, Helper);
        var grandchild = await Helper.HandAsync(child, Second, request => request.Budget = 1);
        Assert.Equal(TaskState.Active, (await Agent.Tasks.GetTaskAsync(new GetTaskRequest { TaskId = child })).Task.State);

        await Broker.DeniedAsync(Reason.NotYourTask, Agent.Tasks.EndTaskAsync(Story.End(child)));
        await Broker.DeniedAsync(Reason.NotYourTask, Agent.Tasks.EndTaskAsync(Delegations.Cancel(grandchild)));
        await Broker.DeniedAsync(Reason.NotYourTask, Agent.Tasks.GetTaskAsync(new GetTaskRequest { TaskId = grandchild }));
        await Broker.DeniedAsync(Reason.NotYourTask, Helper.Tasks.EndTaskAsync(Delegations.Cancel(root)));
        await Broker.DeniedAsync(Reason.NotYourTask, Helper.Tasks.GetTaskAsync(new GetTaskRequest { TaskId = root }));

        Assert.Equal(1, (await Agent.Tasks.EndTaskAsync(Delegations.Cancel(child))).DescendantsEnded);
        await Broker.DeniedAsync(Reason.TaskOver, Second.Tokens.MintAsync(Story.Mint(grandchild)));
        Assert.NotEmpty((await Agent.Tokens.MintAsync(Story.Mint(root))).Token);
    }

    [Fact]
    public async Task A_child_that_waits_can_be_cancelled_and_not_be_done()
    {
        var root = await Agent.RootAsync();
        foreach (var canceller in new[] { Helper, Agent })
        {
            var child = (await Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root))).Task.TaskId;
            await Broker.DeniedAsync(Reason.TaskWaiting, Helper.Tasks.EndTaskAsync(Story.End(child)));
            var ended = await canceller.Tasks.EndTaskAsync(Delegations.Cancel(child));
            Assert.Equal((false, EndCause.Cancelled), (ended.AlreadyEnded, ended.EndCause));
            await Broker.DeniedAsync(Reason.TaskOver, Helper.Tasks.AcceptTaskAsync(Delegations.Accept(child)));
        }
    }

    [Fact]
    public async Task What_was_delegated_accepted_and_denied_is_on_record()
    {
        var root = await Agent.RootAsync();
        var delegated = await Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root).Changed(request => request.PromptFragment = "use token=abcdef12"));
        var accepted = await Helper.Tasks.AcceptTaskAsync(Delegations.Accept(delegated.Task.TaskId));
        await Refused.ByAsync(Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root, Delegations.Helper, new Capability { Tool = "mail", Action = "send", Resource = "customers/8" })));

        Assert.Equal(
            [$"""["{root}"] by {TestCatalog.Agent} to {Delegations.Helper}: use token=[scrubbed], 4 of catalog 1"""],
            await Broker.Database.ColumnAsync<string>("""
                SELECT (payload->>'above') || ' by ' || (payload->>'by') || ' to ' || (payload->>'workload') || ': ' || (payload->>'prompt_fragment')
                  || ', ' || (payload->>'budget') || ' of catalog ' || (payload->>'catalog')
                FROM audit_entries WHERE kind = 14 AND task_id = $1 AND decision_id = $2
                """, Guid.Parse(delegated.Task.TaskId), Guid.Parse(delegated.DecisionId)));
        Assert.Equal(
            [Delegations.Helper],
            await Broker.Database.ColumnAsync<string>(
                "SELECT payload->>'workload' FROM audit_entries WHERE kind = 15 AND task_id = $1 AND decision_id = $2",
                Guid.Parse(delegated.Task.TaskId), Guid.Parse(accepted.DecisionId)));
        Assert.Equal(
            [$"{TestCatalog.Agent} to {Delegations.Helper}: ResourceOutsideEnvelope at envelope[0] of customers/8"],
            await Broker.Database.ColumnAsync<string>("""
                SELECT (payload->>'workload') || ' to ' || (payload->>'to') || ': ' || (payload->>'reason') || ' at ' || (payload->>'field')
                  || ' of ' || (payload->'envelope'->0->>'resource')
                FROM audit_entries WHERE kind = 5 AND task_id = $1 AND payload->>'rpc' = 'DelegateTask'
                """, Guid.Parse(root)));
    }

    private static PresentedProof Proof(AgentSession by, string token) => new()
    {
        Dpop = by.ProofFor("GET", new Uri("https://tickets.example.test/4711"), token), Method = "GET", Uri = "https://tickets.example.test/4711",
    };

    private static async Task<(int Budget, int Spent)> BudgetAsync(AgentSession of, string task)
    {
        var found = (await of.Tasks.GetTaskAsync(new GetTaskRequest { TaskId = task })).Task;
        return (found.Budget, found.Spent);
    }
}
