using System.Text.Json;
using CredBroker.Core;
using CredBroker.IntegrationTests.Hosting;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Tokens;

/// <summary>What policies of the catalog make of mints, over the wire and in the record.</summary>
public sealed class PolicyTests(Postgres postgres)
{
    private const string Text = """
        @id("work") permit (principal, action in [Action::"read", Action::"write"], resource);
        @id("short") @max_ttl("30s") @single_use @obligation("show it to nobody") permit (principal, action == Action::"mail.send", resource);
        @id("humans") @approvers("sre") permit (principal, action == Action::"deploy.release", resource) when { context.approved };
        @id("counts") forbid (principal, action in Action::"write", resource)
        when { context.task.intent == "overflow" && context.task.depth + 9223372036854775807 + 1 > 0 };
        """;

    private static readonly string s_yaml = TestCatalog.Yaml() + """

        admins:
          ada: { uid: 60001, roles: [approver] }
        approver_groups:
          sre: [ada]
        """;

    [Fact]
    public async Task What_only_an_approver_could_allow_is_refused_and_recorded_as_that()
    {
        await using var broker = await TestBroker.StartAsync(postgres, catalog: s_yaml, policies: Text);
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;

        await Refused.AsAsync(Reason.ApprovalRequired, agent.Tokens.MintAsync(Story.Mint(task, Story.Release())));
        // Also when the task is remembered already.
        await agent.Tokens.MintAsync(Story.Mint(task));
        await Refused.AsAsync(Reason.ApprovalRequired, agent.Tokens.MintAsync(Story.Mint(task, Story.Release())));

        var policy = await PolicyOfAsync(broker, "payload->>'reason' = 'ApprovalRequired'");
        Assert.Equal("needs_approval", policy.GetProperty("outcome").GetString());
        Assert.Equal("sre", policy.GetProperty("approvers")[0].GetString());
        Assert.Equal(2, policy.GetProperty("evaluations").GetArrayLength());
    }

    [Fact]
    public async Task A_forbid_that_fails_denies_and_is_named_in_the_record()
    {
        await using var broker = await TestBroker.StartAsync(postgres, catalog: s_yaml, policies: Text);
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start().Changed(start => start.Intent = "overflow"))).Task.TaskId;

        await broker.DeniedAsync(Reason.PolicyFailed, agent.Tokens.MintAsync(Story.Mint(task, Story.SendMail())));
        Assert.NotEmpty((await agent.Tokens.MintAsync(Story.Mint(task))).Token);

        var policy = await PolicyOfAsync(broker, "payload->>'reason' = 'PolicyFailed'");
        Assert.StartsWith("counts: policies.cedar:", policy.GetProperty("evaluations")[0].GetProperty("errors")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal("overflow", policy.GetProperty("inputs").GetProperty("task").GetProperty("intent").GetString());
    }

    [Fact]
    public async Task A_token_is_bound_by_the_annotations_of_the_policies_that_permit_it_and_the_record_names_them()
    {
        await using var broker = await TestBroker.StartAsync(postgres, catalog: s_yaml, policies: Text);
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;

        var read = await agent.Tokens.MintAsync(Story.Mint(task));
        var mail = await agent.Tokens.MintAsync(Story.Mint(task, Story.SendMail()));

        Assert.Equal(TimeSpan.FromSeconds(30), await LifeOfAsync(broker, mail.Jti));
        Assert.True(await LifeOfAsync(broker, read.Jti) > TimeSpan.FromSeconds(30));
        Assert.Equal([1, null], new[] { await UsesOfAsync(broker, mail.Jti), await UsesOfAsync(broker, read.Jti) });
        var policy = await PolicyOfAsync(broker, $"payload->>'jti' = '{mail.Jti}'");
        Assert.Equal(["short", "work"], policy.GetProperty("evaluations")[0].GetProperty("deciding").EnumerateArray().Select(id => id.GetString()));
        Assert.Equal("show it to nobody", policy.GetProperty("terms").GetProperty("obligations")[0].GetString());
        Assert.Equal("unix_peer", policy.GetProperty("attested_by").GetString());
        var digest = await broker.Database.ScalarAsync<byte[]>("SELECT digest FROM catalog_versions WHERE version = 1");
        Assert.Equal((1, Convert.ToBase64String(digest!)), (policy.GetProperty("catalog").GetInt32(), policy.GetProperty("catalog_digest").GetString()));
    }

    [Fact]
    public async Task How_a_workload_was_attested_is_known_as_long_as_its_identity_token_lives()
    {
        const string OnlyJoined = """permit (principal, action, resource) when { principal.attested_by == "join_token" };""";
        await using var broker = await TestBroker.StartAsync(postgres, policies: OnlyJoined);
        await using var agent = await broker.AgentAsync();
        await using var other = await broker.JoinAsync("other");

        var mine = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        await broker.DeniedAsync(Reason.PolicyDenied, agent.Tokens.MintAsync(Story.Mint(mine)));
        var theirs = (await other.Tasks.StartTaskAsync(Story.Start(Story.ReadTicket("acme/**")).Within(TimeSpan.FromSeconds(30)))).Task.TaskId;
        Assert.NotEmpty((await other.Tokens.MintAsync(Story.Mint(theirs))).Token);
    }

    [Fact]
    public async Task Policies_that_are_not_valid_are_not_applied_and_none_at_all_are_warned_about()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        var admin = broker.OverSocket().Admin;

        var refused = await admin.ApplyCatalogAsync(TestCatalog.Apply(TestCatalog.Yaml(), "permit (principal, action, resource)\n  when { context.task.dept == 0 };"));
        Assert.False(refused.Valid);
        var problem = Assert.Single(refused.Problems);
        Assert.Equal(("policies.cedar", 2, 23, false), (problem.File, problem.Line, problem.Column, problem.Warning));

        var empty = await admin.ApplyCatalogAsync(TestCatalog.Apply(TestCatalog.Yaml(), ""));
        Assert.True(empty.Valid);
        Assert.Equal(("there are no policies: nothing is permitted", true), (Assert.Single(empty.Problems).Message, empty.Problems[0].Warning));
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        await broker.DeniedAsync(Reason.PolicyDenied, agent.Tokens.MintAsync(Story.Mint(task)));
    }

    private static async Task<JsonElement> PolicyOfAsync(TestBroker broker, string condition) =>
        JsonElement.Parse((await broker.Database.ScalarAsync<string>($"SELECT payload->>'policy' FROM audit_entries WHERE {condition} ORDER BY id LIMIT 1"))!);

    private static Task<TimeSpan> LifeOfAsync(TestBroker broker, string jti) =>
        broker.Database.ScalarAsync<TimeSpan>("SELECT expires_at - issued_at FROM tokens WHERE jti = $1", Guid.Parse(jti));

    private static Task<int?> UsesOfAsync(TestBroker broker, string jti) =>
        broker.Database.ScalarAsync<int?>("SELECT uses_left FROM tokens WHERE jti = $1", Guid.Parse(jti));
}
