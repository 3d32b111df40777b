using CredBroker.Client;
using CredBroker.Core;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.IntegrationTests.Ledger;
using Task = System.Threading.Tasks.Task;
using TaskId = CredBroker.Core.Tasks.TaskId;

namespace CredBroker.IntegrationTests.Tokens;

/// <summary>Policies over what a tree of tasks was granted: two mints at the same moment cannot slip past each other.</summary>
public sealed class HistoryPolicyTests(Postgres postgres)
{
    private const string Work = """permit (principal, action in [Action::"read", Action::"write", Action::"egress"], resource);""";
    private const string OneWrite = Work + """@id("one-write") forbid (principal, action in Action::"write", resource) when { context.task.history.writes >= 1 };""";
    private const string NoEgress = Work + """
        @id("no-egress") forbid (principal, action in Action::"egress", resource) when { context.task.history.data.contains("confidential") };
        @id("no-read") forbid (principal, action == Action::"tickets.read", resource) when { context.task.history.egress };
        """;

    [Fact]
    public async Task After_something_confidential_was_read_nothing_is_sent()
    {
        await using var broker = await TestBroker.StartAsync(postgres, policies: NoEgress);
        await using var agent = await broker.AgentAsync();
        var task = await StartAsync(agent);

        await agent.Tokens.MintAsync(Story.Mint(task));
        await broker.DeniedAsync(Reason.PolicyDenied, agent.Tokens.MintAsync(Story.Mint(task, Story.SendMail())));
        // Another tree has its own history.
        await agent.Tokens.MintAsync(Story.Mint(await StartAsync(agent), Story.SendMail()));
    }

    [Fact]
    public async Task Grants_are_counted_by_risk_and_by_tool_whether_or_not_a_policy_asks_yet()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        var task = await StartAsync(agent);
        for (var i = 0; i < 3; i++) await agent.Tokens.MintAsync(Story.Mint(task));
        await agent.Tokens.MintAsync(Story.Mint(task, Story.SendMail()));
        var repeated = Story.Mint(task, Story.SendMail());
        await agent.Tokens.MintAsync(repeated);
        await agent.Tokens.MintAsync(repeated);
        Assert.Equal("""{"mail:write": 2, "tickets:read": 3}""", await broker.Database.ScalarAsync<string>("SELECT granted::text FROM tasks"));
        Assert.Equal(2, await broker.Database.ScalarAsync<int>("SELECT history_version FROM tasks"));

        // A policy that comes later finds them.
        await ApplyAsync(broker, Work + """forbid (principal, action == Action::"mail.send", resource) when { context.task.history.by_tool.mail >= 3 };""");
        await agent.Tokens.MintAsync(Story.Mint(task, Story.SendMail()));
        await broker.DeniedAsync(Reason.PolicyDenied, agent.Tokens.MintAsync(Story.Mint(task, Story.SendMail())));
        await agent.Tokens.MintAsync(Story.Mint(task));
        Assert.Equal(4, await broker.Database.ScalarAsync<int>("SELECT history_version FROM tasks"));
    }

    [Fact]
    public async Task Of_two_replicas_that_decide_on_the_same_count_one_decides_again()
    {
        await using var one = await TestBroker.StartAsync(postgres, policies: OneWrite);
        await using var two = await TestBroker.StartAsync(one.Database, policies: OneWrite);
        await using var atOne = await one.AgentAsync();
        await using var atTwo = await two.AgentAsync();
        var task = await StartAsync(atOne);

        // Both have decided, on no write so far, and wait for the row that their commits need.
        Task<bool>[] mints;
        await using (await one.Database.DataSource.HoldAsync(TaskOf(task)))
        {
            mints = [atOne.MintsAsync(task, Story.SendMail()), atTwo.MintsAsync(task, Story.SendMail())];
            await TestDatabase.UntilAsync(async () => await one.Database.ScalarAsync<long>(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FOR NO KEY UPDATE%'") == 2);
        }

        Assert.Single(await Task.WhenAll(mints), granted => granted);
        Assert.Equal(1L, await one.Database.ScalarAsync<long>("SELECT count(*) FROM tokens"));
        Assert.Equal("one-write", await one.Database.ScalarAsync<string>(
            "SELECT payload->'policy'->'evaluations'->0->'deciding'->>0 FROM audit_entries WHERE payload->>'reason' = 'PolicyDenied'"));
    }

    [Fact]
    public async Task Of_two_grants_that_exclude_each_other_only_one_is_made()
    {
        await using var one = await TestBroker.StartAsync(postgres, policies: NoEgress);
        await using var two = await TestBroker.StartAsync(one.Database, policies: NoEgress);
        await using var atOne = await one.AgentAsync();
        await using var atTwo = await two.AgentAsync();
        var task = await StartAsync(atOne);

        Task<bool>[] mints;
        await using (await one.Database.DataSource.HoldAsync(TaskOf(task)))
        {
            mints = [atOne.MintsAsync(task, Story.ReadTicket()), atTwo.MintsAsync(task, Story.SendMail())];
            await TestDatabase.UntilAsync(async () => await one.Database.ScalarAsync<long>(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FOR NO KEY UPDATE%'") == 2);
        }

        Assert.Single(await Task.WhenAll(mints), granted => granted);
        Assert.Equal(1L, await one.Database.ScalarAsync<long>("SELECT count(*) FROM tokens"));
    }

    [Fact]
    public async Task A_crowd_at_one_tree_gets_exactly_what_the_count_allows()
    {
        const string Five = Work + """forbid (principal, action, resource) when { context.task.issued >= 5 };""";
        await using var broker = await TestBroker.StartAsync(postgres, policies: Five);
        await using var agent = await broker.AgentAsync();
        var task = await StartAsync(agent);

        var granted = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => agent.MintsAsync(task, Story.SendMail())));

        Assert.Equal(5, granted.Count(yes => yes));
        Assert.Equal((5L, 5L), (await broker.Database.ScalarAsync<long>("SELECT count(*) FROM tokens"), await broker.Database.ScalarAsync<long>("SELECT count(DISTINCT decided_history) FROM tokens")));
    }

    private static async Task<string> StartAsync(AgentSession agent) => (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;

    private static TaskId TaskOf(string text) => TaskId.TryParse(text, out var task) ? task : throw new ArgumentException(text);

    private static async Task ApplyAsync(TestBroker broker, string policies)
    {
        var applied = await broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(TestCatalog.Yaml(), policies));
        Assert.True(applied.Valid, string.Join('\n', applied.Problems));
    }
}
