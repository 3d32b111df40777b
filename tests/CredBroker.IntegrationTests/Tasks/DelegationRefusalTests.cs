using CredBroker.Client;
using CredBroker.Core;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.IntegrationTests.Tokens;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Tasks;

/// <summary>Each Reason that delegating and accepting can have, over the wire.</summary>
public sealed class DelegationRefusalTests(Postgres postgres) : IAsyncLifetime
{
    private const string AgentReads = "- { tool: tickets, actions: [read], resource: acme/**, parameters: { state: { one_of: [open] } } }";

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
    public async Task Malformed_fields_are_named()
    {
        var root = await agent.RootAsync();
        foreach (var (reason, field, change) in new (Reason, string, Action<DelegateTaskRequest>)[]
        {
            (Reason.FieldMissing, "request_id", request => request.RequestId = ""),
            (Reason.FieldMalformed, "task_id", request => request.TaskId = "1"),
            (Reason.FieldMissing, "to_workload", request => request.ToWorkload = ""),
            (Reason.FieldMalformed, "to_workload", request => request.ToWorkload = "helper"),
            (Reason.FieldMissing, "envelope", request => request.Envelope.Clear()),
            (Reason.FieldMissing, "time_to_live", request => request.TimeToLive = null),
            (Reason.FieldOutOfRange, "time_to_live", request => request.TimeToLive = Duration.FromTimeSpan(TimeSpan.FromHours(25))),
            (Reason.FieldMissing, "intent", request => request.Intent = ""),
            (Reason.FieldOutOfRange, "budget", request => request.Budget = 0),
            (Reason.FieldTooLong, "prompt_fragment", request => request.PromptFragment = new string('x', 5000)),
        })
            Assert.Equal(field, (await Refused.AsAsync(reason, agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root).Changed(change)), field)).Field);
        var tooOften = Delegations.Accept(root).Changed(request => request.HeartbeatInterval = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(1)));
        Assert.Equal("heartbeat_interval", (await Refused.AsAsync(Reason.FieldOutOfRange, agent.Tasks.AcceptTaskAsync(tooOften))).Field);
        Assert.Equal(1L, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM tasks"));
    }

    [Fact]
    public async Task A_child_gets_nothing_that_its_parent_its_workload_or_the_ceilings_do_not_allow()
    {
        var root = await agent.RootAsync();
        Task DeniedAsync(Reason reason, Action<DelegateTaskRequest> change) =>
            broker.DeniedAsync(reason, agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root).Changed(change)));
        Task OutsideAsync(Reason reason, Capability capability, string to = Delegations.Helper) =>
            broker.DeniedAsync(reason, agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root, to, capability)));

        await DeniedAsync(Reason.UnknownDelegate, request => request.ToWorkload = "spiffe://example.test/nobody");
        await DeniedAsync(Reason.UnknownTask, request => request.TaskId = TestBroker.NewId());
        await DeniedAsync(Reason.TaskLifetimeOverCeiling, request => request.TimeToLive = Duration.FromTimeSpan(TimeSpan.FromHours(2)));
        await DeniedAsync(Reason.BudgetOverParents, request => request.Budget = 101);
        await broker.DeniedAsync(Reason.TaskBudgetOverCeiling, agent.Tasks.DelegateTaskAsync(
            Delegations.Delegate(root, TestCatalog.Other).Changed(request => request.TimeToLive = Duration.FromTimeSpan(TimeSpan.FromSeconds(30)))));
        await OutsideAsync(Reason.UnknownTool, new Capability { Tool = "nuclear", Action = "launch", Resource = "x" });
        await OutsideAsync(Reason.ActionNotAllowed, Story.Release());
        await OutsideAsync(Reason.ActionNotAllowed, Story.ReadTicket(), TestCatalog.Backend);
        await OutsideAsync(Reason.ResourceNotAllowed, new Capability { Tool = "mail", Action = "send", Resource = "staff/1" });
        await OutsideAsync(Reason.ResourceOutsideEnvelope, new Capability { Tool = "mail", Action = "send", Resource = "customers/8" });
        var helpers = (await helper.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**")))).Task.TaskId;
        await broker.DeniedAsync(Reason.ParameterOutsideEnvelope, helper.Tasks.DelegateTaskAsync(
            Delegations.Delegate(helpers, Delegations.Second, Story.ReadTicket().Only(Story.OneOf("state", "closed")))));
        Assert.Equal(0L, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM tasks WHERE parent_id IS NOT NULL"));
        Assert.Equal(100, await broker.Database.ScalarAsync<int>("SELECT budget FROM tasks WHERE id = $1", Guid.Parse(root)));
    }

    [Fact]
    public async Task The_catalog_says_how_deep_a_tree_may_be_when_a_task_is_delegated_and_at_every_mint()
    {
        await ApplyAsync(Delegations.Yaml(broker: "{ delegation_depth: 2 }"));
        var child = await agent.HandAsync(await agent.RootAsync(), helper);
        var grandchild = await helper.HandAsync(child, second, request => request.Budget = 2);
        await broker.DeniedAsync(
            Reason.DepthOverCeiling, second.Tasks.DelegateTaskAsync(Delegations.Delegate(grandchild).Changed(request => request.Budget = 1)));

        await ApplyAsync(Delegations.Yaml(broker: "{ delegation_depth: 1 }"));
        await broker.DeniedAsync(Reason.DepthOverCeiling, second.Tokens.MintAsync(Story.Mint(grandchild)));
        Assert.NotEmpty((await helper.Tokens.MintAsync(Story.Mint(child))).Token);
        await ApplyAsync(Delegations.Yaml(broker: "{ delegation_depth: 0 }"));
        await broker.DeniedAsync(Reason.DepthOverCeiling, helper.Tokens.MintAsync(Story.Mint(child)));
    }

    [Fact]
    public async Task What_the_catalog_takes_from_a_workload_it_takes_from_all_that_is_done_on_its_behalf()
    {
        await using var backend = await broker.JoinAsync("backend");
        var root = await agent.RootAsync();
        var child = await agent.HandAsync(root, helper);
        var grandchild = await helper.HandAsync(child, second, request => request.Budget = 2);
        var own = (await second.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**")))).Task.TaskId;
        var token = (await second.Tokens.MintAsync(Story.Mint(grandchild))).Token;
        await broker.Database.AllowedAsync(backend.Tokens.AuthorizeAsync(AuthorizeScene.Request(second, token)));

        foreach (var less in new[]
        {
            Delegations.Yaml().Replace(AgentReads, "- { tool: tickets, actions: [read], resource: acme/other/**, parameters: { state: { one_of: [open] } } }", StringComparison.Ordinal),
            Delegations.Yaml().Replace($"spiffe_id: {TestCatalog.Agent}", "spiffe_id: spiffe://example.test/agent-2", StringComparison.Ordinal),
        })
        {
            await ApplyAsync(less);
            await broker.DeniedAsync(Reason.NotAllowedAbove, helper.Tokens.MintAsync(Story.Mint(child)));
            await broker.DeniedAsync(Reason.NotAllowedAbove, second.Tokens.MintAsync(Story.Mint(grandchild)));
            await broker.Database.NotAllowedAsync(Reason.NotAllowedAbove, backend.Tokens.AuthorizeAsync(AuthorizeScene.Request(second, token)));
            await broker.DeniedAsync(
                Reason.NotAllowedAbove, helper.Tasks.DelegateTaskAsync(Delegations.Delegate(child, Delegations.Second).Changed(request => request.Budget = 1)));
            // By itself it may what it always might.
            Assert.NotEmpty((await second.Tokens.MintAsync(Story.Mint(own))).Token);

            await ApplyAsync(Delegations.Yaml());
            Assert.NotEmpty((await helper.Tokens.MintAsync(Story.Mint(child))).Token);
        }
    }

    [Fact]
    public async Task The_policies_are_asked_before_a_capability_is_handed_down()
    {
        var root = await agent.RootAsync();
        const string Forbidding = TestCatalog.Policies + """

            @id("mail-is-not-handed-down") forbid (principal, action == Action::"mail.send", resource) when { context.phase == "delegate" };
            """;
        Assert.True((await broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(Delegations.Yaml(), Forbidding))).Valid);

        await broker.DeniedAsync(Reason.PolicyDenied, agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root, Delegations.Helper, Story.ReadTicket(), Story.SendMail())));
        Assert.Equal("""["mail-is-not-handed-down"] of delegate at envelope[1]""", await broker.Database.ScalarAsync<string>("""
            SELECT (payload->'policy'->'evaluations'->0->>'deciding') || ' of ' || (payload->'policy'->>'phase') || ' at ' || (payload->>'field')
            FROM audit_entries WHERE kind = 5 AND payload->>'rpc' = 'DelegateTask'
            """));
        Assert.NotEmpty((await agent.Tokens.MintAsync(Story.Mint(root, Story.SendMail()))).Token);
        var child = await agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root));
        Assert.Equal("""[{"outcome":"allow","cases":1,"deciding":["not-privileged"]}]""", await broker.Database.ScalarAsync<string>(
            "SELECT payload->>'policy' FROM audit_entries WHERE kind = 14 AND task_id = $1", Guid.Parse(child.Task.TaskId)));
    }

    [Fact]
    public async Task A_task_has_as_many_live_children_as_its_workload_may_have()
    {
        await ApplyAsync(Delegations.Yaml(limits: ", children: 2"));
        var child = await agent.HandAsync(await agent.RootAsync(), helper);
        DelegateTaskRequest Request() => Delegations.Delegate(child, Delegations.Second).Changed(request => request.Budget = 1);
        var first = (await helper.Tasks.DelegateTaskAsync(Request())).Task.TaskId;
        await helper.Tasks.DelegateTaskAsync(Request());

        var refusal = await Refused.AsAsync(Reason.TooManyChildren, helper.Tasks.DelegateTaskAsync(Request()));
        Assert.Equal("at most 2 live children of a task", refusal.Message);
        await helper.Tasks.EndTaskAsync(Delegations.Cancel(first));
        await helper.Tasks.DelegateTaskAsync(Request());
    }

    [Fact]
    public async Task A_task_takes_a_place_among_its_workloads_tasks_when_it_is_accepted_and_none_before()
    {
        await ApplyAsync(Delegations.Yaml(limits: ", live_tasks: 1"));
        var root = await agent.RootAsync();
        var given = new List<string>();
        for (var i = 0; i < 3; i++) given.Add((await agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root))).Task.TaskId);
        var own = (await helper.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**")))).Task.TaskId;

        await Refused.AsAsync(Reason.TooManyTasks, helper.Tasks.AcceptTaskAsync(Delegations.Accept(given[0])));
        await helper.Tasks.EndTaskAsync(Story.End(own));
        await helper.Tasks.AcceptTaskAsync(Delegations.Accept(given[0]));
        await Refused.AsAsync(Reason.TooManyTasks, helper.Tasks.AcceptTaskAsync(Delegations.Accept(given[1])));
        Assert.True((await helper.Tasks.AcceptTaskAsync(Delegations.Accept(given[0]))).AlreadyAccepted);
        await Refused.AsAsync(Reason.TooManyTasks, helper.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**"))));
    }

    private async Task ApplyAsync(string yaml)
    {
        var applied = await broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(yaml));
        Assert.True(applied.Valid, string.Join('\n', applied.Problems));
    }
}
