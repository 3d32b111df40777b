using CredBroker.Client;
using CredBroker.Core;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Tasks;

/// <summary>What a delegated task is, over the wire: from the moment that it waits to its tokens.</summary>
public sealed class DelegationTests(Postgres postgres) : IAsyncLifetime
{
    private TestBroker broker = null!;
    private AgentSession agent = null!;
    private AgentSession helper = null!;
    private AgentSession second = null!;

    public async ValueTask InitializeAsync()
    {
        broker = await TestBroker.StartAsync(postgres, catalog: Delegations.Yaml());
        agent = await broker.AgentAsync();
        helper = await broker.JoinAsync("helper");
        second = await broker.JoinAsync("second");
    }

    public async ValueTask DisposeAsync()
    {
        await second.DisposeAsync();
        await helper.DisposeAsync();
        await agent.DisposeAsync();
        await broker.DisposeAsync();
    }

    [Fact]
    public async Task A_child_waits_for_its_workload_and_then_mints_as_itself_on_behalf_of_the_root()
    {
        await using var backend = await broker.JoinAsync("backend");
        var root = await agent.RootAsync();

        var delegated = await agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root));

        var waiting = delegated.Task;
        Assert.Equal((root, root, Delegations.Helper, "user:alice@example.test"), (waiting.ParentTaskId, waiting.RootTaskId, waiting.Workload, waiting.Initiator));
        Assert.Equal((TaskState.Waiting, 4, "Look the ticket up"), (waiting.State, waiting.Budget, waiting.Intent));
        Assert.Equal("acme/tickets/*", Assert.Single(waiting.Envelope).Resource);
        Assert.Null(waiting.HeartbeatDue);
        Assert.Equal(waiting, (await helper.Tasks.GetTaskAsync(new GetTaskRequest { TaskId = waiting.TaskId })).Task);
        await broker.DeniedAsync(Reason.TaskWaiting, helper.Tokens.MintAsync(Story.Mint(waiting.TaskId)));

        var accepted = await helper.Tasks.AcceptTaskAsync(Delegations.Accept(waiting.TaskId));
        Assert.False(accepted.AlreadyAccepted);
        Assert.Equal(waiting.Changed(task => task.State = TaskState.Active), accepted.Task);

        var minted = await helper.Tokens.MintAsync(Story.Mint(waiting.TaskId));
        var claims = Delegations.ClaimsOf(minted.Token);
        Assert.Equal((TestCatalog.Agent, Delegations.Helper), (claims.GetProperty("sub").GetString(), claims.GetProperty("client_id").GetString()));
        Assert.Equal($$"""{"sub":"{{Delegations.Helper}}"}""", claims.GetProperty("act").GetRawText());
        Assert.Equal((waiting.TaskId, root), (claims.GetProperty("task").GetString(), claims.GetProperty("txn").GetString()));
        var active = await backend.Tokens.IntrospectAsync(new IntrospectRequest
        {
            Token = minted.Token, Proof = Proof(helper, minted.Token),
        });
        Assert.Equal(
            (true, TestCatalog.Agent, Delegations.Helper, waiting.TaskId, root), (active.Active, active.Sub, active.ClientId, active.TaskId, active.Txn));
        var standing = await broker.OverSocket().Admin.StandingAccessAsync(new StandingAccessRequest());
        Assert.Equal((minted.Jti, Delegations.Helper), (Assert.Single(standing.Credentials).Jti, standing.Credentials[0].Workload));
    }

    [Fact]
    public async Task The_act_chain_is_the_chain_of_the_workloads_that_were_attested()
    {
        var root = await agent.RootAsync();
        var child = await agent.HandAsync(root, helper);
        var grandchild = await helper.HandAsync(child, second, request => request.Budget = 3);
        var back = await second.HandAsync(grandchild, agent, request => request.Budget = 2);

        var deep = Delegations.ClaimsOf((await second.Tokens.MintAsync(Story.Mint(grandchild))).Token);
        Assert.Equal(TestCatalog.Agent, deep.GetProperty("sub").GetString());
        Assert.Equal($$$"""{"sub":"{{{Delegations.Second}}}","act":{"sub":"{{{Delegations.Helper}}}"}}""", deep.GetProperty("act").GetRawText());

        // Whoever gets its own work back is an actor for itself, by way of the others, and no more than they are.
        var deepest = Delegations.ClaimsOf((await agent.Tokens.MintAsync(Story.Mint(back))).Token);
        Assert.Equal(
            $$$$"""{"sub":"{{{{TestCatalog.Agent}}}}","act":{"sub":"{{{{Delegations.Second}}}}","act":{"sub":"{{{{Delegations.Helper}}}}"}}}""",
            deepest.GetProperty("act").GetRawText());
        Assert.Equal((back, root), (deepest.GetProperty("task").GetString(), deepest.GetProperty("txn").GetString()));
        await broker.DeniedAsync(Reason.ActionOutsideEnvelope, agent.Tokens.MintAsync(Story.Mint(back, Story.SendMail())));
    }

    [Fact]
    public async Task The_childs_budget_is_taken_out_of_its_parents_and_does_not_come_back()
    {
        var root = (await agent.Tasks.StartTaskAsync(Story.Start().Changed(start => start.Budget = 5))).Task.TaskId;
        var child = await agent.HandAsync(root, helper, request => request.Budget = 3);

        Assert.Equal((2, 0), await BudgetAsync(agent, root));
        await agent.Tokens.MintAsync(Story.Mint(root));
        await agent.Tokens.MintAsync(Story.Mint(root));
        await broker.DeniedAsync(Reason.BudgetSpent, agent.Tokens.MintAsync(Story.Mint(root)));
        for (var i = 0; i < 3; i++) await helper.Tokens.MintAsync(Story.Mint(child));
        await broker.DeniedAsync(Reason.BudgetSpent, helper.Tokens.MintAsync(Story.Mint(child)));

        await helper.Tasks.EndTaskAsync(Story.End(child));
        Assert.Equal((2, 2), await BudgetAsync(agent, root));
        await broker.DeniedAsync(Reason.BudgetOverParents, agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root).Changed(request => request.Budget = 1)));
    }

    [Fact]
    public async Task A_budget_that_is_not_asked_for_is_half_of_what_the_parent_has_left()
    {
        var root = await agent.RootAsync();
        Assert.Equal(50, (await agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root).Changed(request => request.ClearBudget()))).Task.Budget);
        Assert.Equal(25, (await agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root).Changed(request => request.ClearBudget()))).Task.Budget);
        Assert.Equal((25, 0), await BudgetAsync(agent, root));
    }

    [Fact]
    public async Task A_child_ends_no_later_than_its_parent()
    {
        var root = (await agent.Tasks.StartTaskAsync(Story.Start().Within(TimeSpan.FromMinutes(3)))).Task;
        var child = (await agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root.TaskId))).Task;
        Assert.Equal(root.Deadline, child.Deadline);
    }

    [Fact]
    public async Task The_same_request_is_answered_with_the_same_child_and_takes_the_budget_once()
    {
        var root = await agent.RootAsync();
        var request = Delegations.Delegate(root);
        var first = await agent.Tasks.DelegateTaskAsync(request);

        Assert.Equal(first, await agent.Tasks.DelegateTaskAsync(request));
        await Refused.AsAsync(Reason.RequestIdReused, agent.Tasks.DelegateTaskAsync(request.Clone().Changed(other => other.Intent = "another")));

        Assert.Equal((96, 0), await BudgetAsync(agent, root));
        Assert.Equal(1L, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM tasks WHERE parent_id = $1", Guid.Parse(root)));
    }

    [Fact]
    public async Task Accepting_again_is_fine_and_says_so()
    {
        var child = (await agent.Tasks.DelegateTaskAsync(Delegations.Delegate(await agent.RootAsync()))).Task.TaskId;
        var request = Delegations.Accept(child);
        var first = await helper.Tasks.AcceptTaskAsync(request);

        Assert.Equal(first, await helper.Tasks.AcceptTaskAsync(request));
        var again = await helper.Tasks.AcceptTaskAsync(Delegations.Accept(child).Changed(other => other.HeartbeatInterval = Duration.FromTimeSpan(TimeSpan.FromMinutes(1))));
        Assert.Equal((true, "", first.Task), (again.AlreadyAccepted, again.DecisionId, again.Task));
        // What never was delegated was accepted when it was started.
        Assert.True((await agent.Tasks.AcceptTaskAsync(Delegations.Accept(await agent.RootAsync()))).AlreadyAccepted);
        Assert.Equal(1L, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE kind = 15"));
    }

    [Fact]
    public async Task The_child_promises_its_own_heartbeats_when_it_accepts()
    {
        var child = (await agent.Tasks.DelegateTaskAsync(Delegations.Delegate(await agent.RootAsync()))).Task.TaskId;
        await broker.DeniedAsync(Reason.TaskWaiting, helper.Tasks.HeartbeatAsync(new HeartbeatRequest { RequestId = TestBroker.NewId(), TaskId = child }));

        var accepted = await helper.Tasks.AcceptTaskAsync(
            Delegations.Accept(child).Changed(request => request.HeartbeatInterval = Duration.FromTimeSpan(TimeSpan.FromMinutes(5))));
        var beaten = await helper.Tasks.HeartbeatAsync(new HeartbeatRequest { RequestId = TestBroker.NewId(), TaskId = child });
        Assert.True(beaten.HeartbeatDue.ToDateTimeOffset() > accepted.Task.HeartbeatDue.ToDateTimeOffset());

        await broker.Database.ExecuteAsync("UPDATE tasks SET heartbeat_due = clock_timestamp() WHERE id = $1", Guid.Parse(child));
        await broker.DeniedAsync(Reason.TaskOver, helper.Tokens.MintAsync(Story.Mint(child)));
    }

    [Fact]
    public async Task Whoever_delegated_sees_the_child_and_may_cancel_it_and_nothing_else()
    {
        var root = await agent.RootAsync();
        var child = await agent.HandAsync(root, helper);
        var grandchild = await helper.HandAsync(child, second, request => request.Budget = 1);
        Assert.Equal(TaskState.Active, (await agent.Tasks.GetTaskAsync(new GetTaskRequest { TaskId = child })).Task.State);

        await broker.DeniedAsync(Reason.NotYourTask, agent.Tasks.EndTaskAsync(Story.End(child)));
        await broker.DeniedAsync(Reason.NotYourTask, agent.Tasks.EndTaskAsync(Delegations.Cancel(grandchild)));
        await broker.DeniedAsync(Reason.NotYourTask, agent.Tasks.GetTaskAsync(new GetTaskRequest { TaskId = grandchild }));
        await broker.DeniedAsync(Reason.NotYourTask, helper.Tasks.EndTaskAsync(Delegations.Cancel(root)));
        await broker.DeniedAsync(Reason.NotYourTask, helper.Tasks.GetTaskAsync(new GetTaskRequest { TaskId = root }));

        Assert.Equal(1, (await agent.Tasks.EndTaskAsync(Delegations.Cancel(child))).DescendantsEnded);
        await broker.DeniedAsync(Reason.TaskOver, second.Tokens.MintAsync(Story.Mint(grandchild)));
        Assert.NotEmpty((await agent.Tokens.MintAsync(Story.Mint(root))).Token);
    }

    [Fact]
    public async Task A_child_that_waits_can_be_cancelled_and_not_be_done()
    {
        var root = await agent.RootAsync();
        foreach (var canceller in new[] { helper, agent })
        {
            var child = (await agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root))).Task.TaskId;
            await broker.DeniedAsync(Reason.TaskWaiting, helper.Tasks.EndTaskAsync(Story.End(child)));
            var ended = await canceller.Tasks.EndTaskAsync(Delegations.Cancel(child));
            Assert.Equal((false, EndCause.Cancelled), (ended.AlreadyEnded, ended.EndCause));
            await broker.DeniedAsync(Reason.TaskOver, helper.Tasks.AcceptTaskAsync(Delegations.Accept(child)));
        }
    }

    [Fact]
    public async Task What_was_delegated_accepted_and_denied_is_on_record()
    {
        var root = await agent.RootAsync();
        var delegated = await agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root).Changed(request => request.PromptFragment = "use token=abcdef12"));
        var accepted = await helper.Tasks.AcceptTaskAsync(Delegations.Accept(delegated.Task.TaskId));
        await Refused.ByAsync(agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root, Delegations.Helper, new Capability { Tool = "mail", Action = "send", Resource = "customers/8" })));

        Assert.Equal(
            [$"""["{root}"] by {TestCatalog.Agent} to {Delegations.Helper}: use token=[scrubbed], 4 of catalog 1"""],
            await broker.Database.ColumnAsync<string>("""
                SELECT (payload->>'above') || ' by ' || (payload->>'by') || ' to ' || (payload->>'workload') || ': ' || (payload->>'prompt_fragment')
                  || ', ' || (payload->>'budget') || ' of catalog ' || (payload->>'catalog')
                FROM audit_entries WHERE kind = 14 AND task_id = $1 AND decision_id = $2
                """, Guid.Parse(delegated.Task.TaskId), Guid.Parse(delegated.DecisionId)));
        Assert.Equal(
            [Delegations.Helper],
            await broker.Database.ColumnAsync<string>(
                "SELECT payload->>'workload' FROM audit_entries WHERE kind = 15 AND task_id = $1 AND decision_id = $2",
                Guid.Parse(delegated.Task.TaskId), Guid.Parse(accepted.DecisionId)));
        Assert.Equal(
            [$"{TestCatalog.Agent} to {Delegations.Helper}: ResourceOutsideEnvelope at envelope[0] of customers/8"],
            await broker.Database.ColumnAsync<string>("""
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
