using CredBroker.Core;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.IntegrationTests.Tokens;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Tasks;

/// <summary>Each Reason that delegating and accepting can have, over the wire.</summary>
public sealed class DelegationRefusalTests(Postgres postgres) : DelegationScene(postgres)
{
    private const string AgentReads = "- { tool: tickets, actions: [read], resource: acme/**, parameters: { state: { one_of: [open] } } }";

    [Fact]
    public async Task Malformed_fields_are_named()
    {
        var root = await Agent.RootAsync();
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
            Assert.Equal(field, (await Refused.AsAsync(reason, Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root).Changed(change)), field)).Field);
        var tooOften = Delegations.Accept(root).Changed(request => request.HeartbeatInterval = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(1)));
        Assert.Equal("heartbeat_interval", (await Refused.AsAsync(Reason.FieldOutOfRange, Agent.Tasks.AcceptTaskAsync(tooOften))).Field);
        Assert.Equal(1L, await Broker.Database.ScalarAsync<long>("SELECT count(*) FROM tasks"));
    }

    [Fact]
    public async Task A_child_gets_nothing_that_its_parent_its_workload_or_the_ceilings_do_not_allow()
    {
        var root = await Agent.RootAsync();
        Task DeniedAsync(Reason reason, Action<DelegateTaskRequest> change) =>
            Broker.DeniedAsync(reason, Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root).Changed(change)));
        Task OutsideAsync(Reason reason, Capability capability, string to = Delegations.Helper) =>
            Broker.DeniedAsync(reason, Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root, to, capability)));

        await DeniedAsync(Reason.UnknownDelegate, request => request.ToWorkload = "spiffe://example.test/nobody");
        await DeniedAsync(Reason.UnknownTask, request => request.TaskId = TestBroker.NewId());
        await DeniedAsync(Reason.TaskLifetimeOverCeiling, request => request.TimeToLive = Duration.FromTimeSpan(TimeSpan.FromHours(2)));
        await DeniedAsync(Reason.BudgetOverParents, request => request.Budget = 101);
        await Broker.DeniedAsync(Reason.TaskBudgetOverCeiling, Agent.Tasks.DelegateTaskAsync(
            Delegations.Delegate(root, TestCatalog.Other).Changed(request => request.TimeToLive = Duration.FromTimeSpan(TimeSpan.FromSeconds(30)))));
        await OutsideAsync(Reason.UnknownTool, new Capability { Tool = "nuclear", Action = "launch", Resource = "x" });
        await OutsideAsync(Reason.ActionNotAllowed, Story.Release());
        await OutsideAsync(Reason.ActionNotAllowed, Story.ReadTicket(), TestCatalog.Backend);
        await OutsideAsync(Reason.ResourceNotAllowed, new Capability { Tool = "mail", Action = "send", Resource = "staff/1" });
        await OutsideAsync(Reason.ResourceOutsideEnvelope, new Capability { Tool = "mail", Action = "send", Resource = "customers/8" });
        var helpers = (await Helper.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**")))).Task.TaskId;
        await Broker.DeniedAsync(Reason.ParameterOutsideEnvelope, Helper.Tasks.DelegateTaskAsync(
            Delegations.Delegate(helpers, Delegations.Second, Story.ReadTicket().Only(Story.OneOf("state", "closed")))));
        Assert.Equal(0L, await Broker.Database.ScalarAsync<long>("SELECT count(*) FROM tasks WHERE parent_id IS NOT NULL"));
        Assert.Equal(100, await Broker.Database.ScalarAsync<int>("SELECT budget FROM tasks WHERE id = $1", Guid.Parse(root)));
    }

    [Fact]
    public async Task The_catalog_says_how_deep_a_tree_may_be_when_a_task_is_delegated_and_at_every_mint()
    {
        await ApplyAsync(Delegations.Yaml(broker: "{ delegation_depth: 2 }"));
        var child = await Agent.HandAsync(await Agent.RootAsync(), Helper);
        var grandchild = await Helper.HandAsync(child, Second, request => request.Budget = 2);
        await Broker.DeniedAsync(
            Reason.DepthOverCeiling, Second.Tasks.DelegateTaskAsync(Delegations.Delegate(grandchild).Changed(request => request.Budget = 1)));

        await ApplyAsync(Delegations.Yaml(broker: "{ delegation_depth: 1 }"));
        await Broker.DeniedAsync(Reason.DepthOverCeiling, Second.Tokens.MintAsync(Story.Mint(grandchild)));
        Assert.NotEmpty((await Helper.Tokens.MintAsync(Story.Mint(child))).Token);
        await ApplyAsync(Delegations.Yaml(broker: "{ delegation_depth: 0 }"));
        await Broker.DeniedAsync(Reason.DepthOverCeiling, Helper.Tokens.MintAsync(Story.Mint(child)));
    }

    [Fact]
    public async Task What_the_catalog_takes_from_a_workload_it_takes_from_all_that_is_done_on_its_behalf()
    {
        var root = await Agent.RootAsync();
        var child = await Agent.HandAsync(root, Helper);
        var grandchild = await Helper.HandAsync(child, Second, request => request.Budget = 2);
        var own = (await Second.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**")))).Task.TaskId;
        var token = (await Second.Tokens.MintAsync(Story.Mint(grandchild))).Token;
        await Broker.Database.AllowedAsync(Backend.Tokens.AuthorizeAsync(AuthorizeScene.Request(Second, token)));

        foreach (var less in new[]
        {
            Delegations.Yaml().Replace(AgentReads, "- { tool: tickets, actions: [read], resource: acme/other/**, parameters: { state: { one_of: [open] } } }", StringComparison.Ordinal),
            Delegations.Yaml().Replace($"spiffe_id: {TestCatalog.Agent}", "spiffe_id: spiffe://example.test/agent-2", StringComparison.Ordinal),
        })
        {
            await ApplyAsync(less);
            await Broker.DeniedAsync(Reason.NotAllowedAbove, Helper.Tokens.MintAsync(Story.Mint(child)));
            await Broker.DeniedAsync(Reason.NotAllowedAbove, Second.Tokens.MintAsync(Story.Mint(grandchild)));
            await Broker.Database.NotAllowedAsync(Reason.NotAllowedAbove, Backend.Tokens.AuthorizeAsync(AuthorizeScene.Request(Second, token)));
            await Broker.DeniedAsync(
                Reason.NotAllowedAbove, Helper.Tasks.DelegateTaskAsync(Delegations.Delegate(child, Delegations.Second).Changed(request => request.Budget = 1)));
            // By itself it may what it always might.
            Assert.NotEmpty((await Second.Tokens.MintAsync(Story.Mint(own))).Token);

            await ApplyAsync(Delegations.Yaml());
            Assert.NotEmpty((await Helper.Tokens.MintAsync(Story.Mint(child))).Token);
        }
    }

    [Fact]
    public async Task The_policies_are_asked_before_a_capability_is_handed_down()
    {
        var root = await Agent.RootAsync();
        const string Forbidding = TestCatalog.Policies + """

            @id("mail-is-not-handed-down") forbid (principal, action == Action::"mail.send", resource) when { context.phase == "delegate" };
            """;
        Assert.True((await Broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(Delegations.Yaml(), Forbidding))).Valid);

        await Broker.DeniedAsync(Reason.PolicyDenied, Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root, Delegations.Helper, Story.ReadTicket(), Story.SendMail())));
        Assert.Equal("""["mail-is-not-handed-down"] of delegate at envelope[1]""", await Broker.Database.ScalarAsync<string>("""
            SELECT (payload->'policy'->'evaluations'->0->>'deciding') || ' of ' || (payload->'policy'->>'phase') || ' at ' || (payload->>'field')
            FROM audit_entries WHERE kind = 5 AND payload->>'rpc' = 'DelegateTask'
            """));
        Assert.NotEmpty((await Agent.Tokens.MintAsync(Story.Mint(root, Story.SendMail()))).Token);
        var child = await Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root));
        Assert.Equal("""[{"outcome":"allow","cases":1,"deciding":["not-privileged"]}]""", await Broker.Database.ScalarAsync<string>(
            "SELECT payload->>'policy' FROM audit_entries WHERE kind = 14 AND task_id = $1", Guid.Parse(child.Task.TaskId)));
    }

    [Fact]
    public async Task A_task_has_as_many_live_children_as_its_workload_may_have()
    {
        await ApplyAsync(Delegations.Yaml(limits: ", children: 2"));
        var child = await Agent.HandAsync(await Agent.RootAsync(), Helper);
        DelegateTaskRequest Request() => Delegations.Delegate(child, Delegations.Second).Changed(request => request.Budget = 1);
        var first = (await Helper.Tasks.DelegateTaskAsync(Request())).Task.TaskId;
        await Helper.Tasks.DelegateTaskAsync(Request());

        var refusal = await Refused.AsAsync(Reason.TooManyChildren, Helper.Tasks.DelegateTaskAsync(Request()));
        Assert.Equal("at most 2 live children of a task", refusal.Message);
        await Helper.Tasks.EndTaskAsync(Delegations.Cancel(first));
        await Helper.Tasks.DelegateTaskAsync(Request());
    }

    [Fact]
    public async Task A_task_takes_a_place_among_its_workloads_tasks_when_it_is_accepted_and_none_before()
    {
        await ApplyAsync(Delegations.Yaml(limits: ", live_tasks: 1"));
        var root = await Agent.RootAsync();
        var given = new List<string>();
        for (var i = 0; i < 3; i++) given.Add((await Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root))).Task.TaskId);
        var own = (await Helper.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**")))).Task.TaskId;

        await Refused.AsAsync(Reason.TooManyTasks, Helper.Tasks.AcceptTaskAsync(Delegations.Accept(given[0])));
        await Helper.Tasks.EndTaskAsync(Story.End(own));
        await Helper.Tasks.AcceptTaskAsync(Delegations.Accept(given[0]));
        await Refused.AsAsync(Reason.TooManyTasks, Helper.Tasks.AcceptTaskAsync(Delegations.Accept(given[1])));
        Assert.True((await Helper.Tasks.AcceptTaskAsync(Delegations.Accept(given[0]))).AlreadyAccepted);
        await Refused.AsAsync(Reason.TooManyTasks, Helper.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**"))));
    }

    private async Task ApplyAsync(string yaml)
    {
        var applied = await Broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(yaml));
        Assert.True(applied.Valid, string.Join('\n', applied.Problems));
    }
}
