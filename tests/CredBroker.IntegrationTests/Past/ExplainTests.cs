using CredBroker.Core;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.V1;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Past;

/// <summary>Why decisions came out as they did, over the wire: by the policies of then, or by what never came to them.</summary>
public sealed class ExplainTests(Postgres postgres)
{
    [Fact]
    public async Task A_denial_by_policies_names_the_policy_its_conditions_and_the_fact_that_would_have_changed_it()
    {
        await using var broker = await TestBroker.StartAsync(postgres, catalog: Replays.Yaml(), policies: Replays.Policies);
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        Assert.True(await agent.MintsAsync(task));
        var denied = await DeniedAsync(agent.Tokens.MintAsync(Story.Mint(task, Story.SendMail())));
        // Whatever is in force by now, and whatever the tree was granted since.
        await broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(Replays.Yaml(), "permit (principal, action, resource);"));
        Assert.True(await agent.MintsAsync(task, Story.SendMail()));

        var why = await ExplainAsync(broker, denied);

        Assert.Equal((DecisionPhase.Mint, DecisionOutcome.Denied, "POLICY_DENIED", 1), (why.Phase, why.Verdict.Outcome, why.Verdict.Reason, why.CatalogVersion));
        Assert.Equal((TestCatalog.Agent, task, "mail"), (why.Workload, why.TaskId, why.Capability.Tool));
        Assert.Contains(why.Sentences, line => line.StartsWith("The policy \"no-egress\" (policies.cedar:2:1) forbade it, because", StringComparison.Ordinal)
            && line.Contains("confidential", StringComparison.Ordinal));
        var miss = Assert.Single(why.NearMisses);
        Assert.Equal(("context.task.history.data.contains(\"confidential\")", DecisionOutcome.Allowed, "work"), (miss.Fact, miss.Outcome, Assert.Single(miss.Policies)));
    }

    [Fact]
    public async Task What_only_an_approver_could_allow_is_told_with_who_that_is()
    {
        const string policies = """@id("humans") @approvers("sre") permit (principal, action, resource) when { context.approved };""";
        await using var broker = await TestBroker.StartAsync(postgres, catalog: Replays.Yaml(), policies: policies);
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;

        var why = await ExplainAsync(broker, await DeniedAsync(agent.Tokens.MintAsync(Story.Mint(task))));

        Assert.Equal(DecisionOutcome.ApprovalRequired, why.Verdict.Outcome);
        Assert.Contains("The policies allowed it only with an approval, of one of sre.", why.Sentences);
        Assert.Contains(why.NearMisses, miss => miss is { Fact: "context.approved", Outcome: DecisionOutcome.Allowed });
    }

    [Fact]
    public async Task A_denial_that_never_came_to_the_policies_says_what_was_asked_and_what_was_allowed()
    {
        await using var broker = await TestBroker.StartAsync(postgres, catalog: Replays.Yaml(), policies: Replays.Policies);
        await using var agent = await broker.AgentAsync();
        await using var backend = await broker.JoinAsync("backend");
        var task = (await agent.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/tickets/*")))).Task.TaskId;
        var token = (await agent.Tokens.MintAsync(Story.Mint(task))).Token;

        await SaysAsync("The catalog had no tool nothing.", agent.Tokens.MintAsync(Story.Mint(task, Story.SendMail().Changed(mail => mail.Tool = "nothing"))));
        await SaysAsync("The tool mail had no action burn: there were send.", agent.Tokens.MintAsync(Story.Mint(task, Story.SendMail().Changed(mail => mail.Action = "burn"))));
        await SaysAsync($"The allow-list of {TestCatalog.Agent} did not reach other/7: it had mail.send on customers/*.",
            agent.Tokens.MintAsync(Story.Mint(task, Story.SendMail().Changed(mail => mail.Resource = "other/7"))));
        await SaysAsync("The envelope of the task had nothing of mail.send.", agent.Tokens.MintAsync(Story.Mint(task, Story.SendMail())));
        await SaysAsync("The envelope of the task did not reach acme/other: it had tickets.read on acme/tickets/* (state one of \"open\").",
            agent.Tokens.MintAsync(Story.Mint(task, Story.ReadTicket("acme/other"))));
        var call = (await backend.Tokens.AuthorizeAsync(Tokens.AuthorizeScene.Request(agent, token).Changed(request => request.Resource = "acme/tickets/1"))).DecisionId;
        Assert.Contains("The call was not within what the token was granted for.", (await ExplainAsync(broker, call)).Sentences);
        await agent.Tasks.EndTaskAsync(Story.End(task));
        await SaysAsync($"The task {task} was over", agent.Tokens.MintAsync(Story.Mint(task)));

        async Task SaysAsync(string sentence, AsyncUnaryCall<MintResponse> mint)
        {
            var why = await ExplainAsync(broker, await DeniedAsync(mint));
            Assert.Equal(2, why.Sentences.Count);
            Assert.StartsWith($"At ", why.Sentences[0], StringComparison.Ordinal);
            Assert.StartsWith(sentence, why.Sentences[1], StringComparison.Ordinal);
            Assert.Empty(why.NearMisses);
        }
    }

    [Fact]
    public async Task What_was_allowed_is_explained_too_and_so_are_uses_and_delegations()
    {
        await using var broker = await TestBroker.StartAsync(postgres, catalog: Replays.Yaml(), policies: Replays.Policies);
        await Replays.HappenAsync(broker);

        foreach (var (kind, phase) in new[] { (1, DecisionPhase.Mint), (20, DecisionPhase.Authorize), (14, DecisionPhase.Delegate) })
        {
            var why = await ExplainAsync(broker, await OfKindAsync(kind));
            Assert.Equal((phase, DecisionOutcome.Allowed), (why.Phase, why.Verdict.Outcome));
            Assert.Equal("It was allowed, by work.", why.Sentences[1]);
        }

        var unproven = await ExplainAsync(broker, await OfKindAsync(21));
        Assert.StartsWith("The token was bound, and nothing was shown", unproven.Sentences[1], StringComparison.Ordinal);
        var started = await ExplainAsync(broker, await OfKindAsync(3));
        Assert.Equal(DecisionPhase.Unspecified, started.Phase);
        Assert.StartsWith("TaskStarted, spiffe://example.test/agent", Assert.Single(started.Sentences), StringComparison.Ordinal);

        async Task<string> OfKindAsync(int kind) =>
            (await broker.Database.ScalarAsync<Guid>("SELECT decision_id FROM audit_entries WHERE kind = $1 ORDER BY id LIMIT 1", kind)).ToString();
    }

    [Fact]
    public async Task A_delegation_that_policies_denied_is_explained_by_the_case_that_they_denied()
    {
        const string policies = """
            @id("work") permit (principal, action, resource);
            @id("keep") forbid (principal, action == Action::"mail.send", resource) when { context.phase == "delegate" && context.task.depth == 0 };
            """;
        await using var broker = await TestBroker.StartAsync(postgres, catalog: Replays.Yaml(), policies: policies);
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;

        var denied = await DeniedAsync(agent.Tasks.DelegateTaskAsync(
            IntegrationTests.Tasks.Delegations.Delegate(task, IntegrationTests.Tasks.Delegations.Helper, Story.ReadTicket("acme/**"), Story.SendMail())));
        var why = await ExplainAsync(broker, denied);

        Assert.Equal((DecisionPhase.Delegate, "mail"), (why.Phase, why.Capability.Tool));
        Assert.Contains(why.Sentences, line => line.StartsWith("The policy \"keep\"", StringComparison.Ordinal));
        Assert.Contains(why.NearMisses, miss => miss is { Fact: "context.task.depth", Outcome: DecisionOutcome.Allowed });
    }

    [Fact]
    public async Task A_decision_that_is_not_on_record_is_said_to_be_that()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        var admin = broker.OverSocket().Admin;

        await Refused.AsAsync(Reason.FieldOutOfRange, admin.ExplainAsync(new ExplainRequest { DecisionId = TestBroker.NewId() }));
        await Refused.AsAsync(Reason.FieldMissing, admin.ExplainAsync(new ExplainRequest()));
        await Refused.AsAsync(Reason.FieldMalformed, admin.ExplainAsync(new ExplainRequest { DecisionId = "x" }));
    }

    private static async Task<string> DeniedAsync<T>(AsyncUnaryCall<T> call)
    {
        var refusal = await Refused.ByAsync(call);
        Assert.Equal(StatusCode.PermissionDenied, refusal.Status);
        return refusal.DecisionId!;
    }

    private static async Task<ExplainResponse> ExplainAsync(TestBroker broker, string decision) =>
        await broker.OverSocket().Admin.ExplainAsync(new ExplainRequest { DecisionId = decision });
}
