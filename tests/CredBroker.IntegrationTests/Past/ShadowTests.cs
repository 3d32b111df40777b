using CredBroker.Core;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Past;

/// <summary>A candidate beside the catalog in force, over the wire: it sees every decision once, and decides none.</summary>
public sealed class ShadowTests(Postgres postgres)
{
    private const string Candidate = """
        @id("reads") permit (principal, action in Action::"read", resource);
        @id("two") forbid (principal, action in Action::"read", resource) when { context.task.history.reads >= 2 };
        """;

    [Fact]
    public async Task Decisions_of_every_replica_are_put_to_the_candidate_once_and_come_out_as_the_catalog_in_force_says()
    {
        await using var one = await TestBroker.StartAsync(postgres, catalog: Replays.Yaml(), policies: Replays.Policies);
        await using var two = await TestBroker.StartAsync(one.Database, catalog: Replays.Yaml(), policies: Replays.Policies);
        await using var atOne = await one.AgentAsync();
        await using var atTwo = await two.AgentAsync();
        // Of before the candidate: known to it, and not judged.
        var task = (await atOne.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        Assert.True(await atOne.MintsAsync(task));

        var started = await one.OverSocket().Admin.StartShadowAsync(Replays.Shadow(Replays.Yaml(), Candidate));
        Assert.True(started.Valid, string.Join('\n', started.Problems));
        for (var i = 0; i < 5; i++)
        {
            Assert.True(await atOne.MintsAsync(task));
            Assert.True(await atTwo.MintsAsync(task));
        }

        Assert.False(await atTwo.MintsAsync(task, Story.SendMail()));

        var shadow = await one.ShadowAsync(decisions: 11);
        Assert.Equal(["Mint Allowed Denied 9"], shadow.Totals.Lines());
        Assert.Equal(9, shadow.Changes.Count);
        Assert.All(shadow.Changes, change => Assert.Equal("two", Assert.Single(change.WouldBe.Policies)));
        Assert.Equal((started.Digest, TestCatalog.Agent), (shadow.Digest, shadow.StartedBy));
        Assert.Equal(shadow, (await two.OverSocket().Admin.ShowShadowAsync(new ShowShadowRequest())).Shadow);
        Assert.Single((await one.OverSocket().Admin.ShowShadowAsync(new ShowShadowRequest { MostChanges = 1 })).Shadow.Changes);
    }

    [Fact]
    public async Task Another_replica_goes_on_where_the_first_one_stopped_and_nothing_is_counted_twice()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var one = await TestBroker.StartAsync(database, catalog: Replays.Yaml(), policies: Replays.Policies);
        string task;
        await using (var agent = await one.AgentAsync())
        {
            task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
            await one.OverSocket().Admin.StartShadowAsync(Replays.Shadow(Replays.Yaml(), Candidate));
            Assert.True(await agent.MintsAsync(task));
            await one.ShadowAsync(decisions: 1);
            Assert.True(await agent.MintsAsync(task));
        }

        await one.DisposeAsync();
        await using var two = await TestBroker.StartAsync(database, catalog: Replays.Yaml(), policies: Replays.Policies);
        await using var later = await two.AgentAsync();
        Assert.True(await later.MintsAsync(task));

        var shadow = await two.ShadowAsync(decisions: 3);
        Assert.Equal(["Mint Allowed Denied 1"], shadow.Totals.Lines());
    }

    [Fact]
    public async Task A_candidate_that_is_no_catalog_is_refused_as_when_it_is_applied_and_the_one_before_stays()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        var admin = broker.OverSocket().Admin;
        await admin.StartShadowAsync(Replays.Shadow(TestCatalog.Yaml(), Candidate));

        var refused = await admin.StartShadowAsync(Replays.Shadow(TestCatalog.Yaml(), "permit"));
        await Refused.AsAsync(Reason.FieldMissing, admin.StartShadowAsync(new StartShadowRequest { RequestId = TestBroker.NewId() }));
        await Refused.AsAsync(Reason.FieldOutOfRange, admin.ShowShadowAsync(new ShowShadowRequest { MostChanges = 1_001 }));

        Assert.False(refused.Valid);
        Assert.NotEmpty(refused.Problems);
        Assert.NotNull((await admin.ShowShadowAsync(new ShowShadowRequest())).Shadow);
    }

    [Fact]
    public async Task The_candidate_is_replaced_with_all_that_was_counted_and_taken_away_with_a_last_word()
    {
        await using var broker = await TestBroker.StartAsync(postgres, catalog: Replays.Yaml(), policies: Replays.Policies);
        var admin = broker.OverSocket().Admin;
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        await admin.StartShadowAsync(Replays.Shadow(Replays.Yaml(), ""));
        Assert.True(await agent.MintsAsync(task));
        Assert.Equal(["Mint Allowed Denied 1"], (await broker.ShadowAsync(decisions: 1)).Totals.Lines());

        var other = await admin.StartShadowAsync(Replays.Shadow(Replays.Yaml(), Replays.Policies));
        var fresh = (await admin.ShowShadowAsync(new ShowShadowRequest())).Shadow;
        Assert.Equal((other.Digest, 0L, 0), (fresh.Digest, fresh.Totals.Decisions, fresh.Changes.Count));
        Assert.True(await agent.MintsAsync(task));
        Assert.Equal(1, (await broker.ShadowAsync(decisions: 1)).Totals.Unchanged);

        var stop = new StopShadowRequest { RequestId = TestBroker.NewId() };
        var stopped = await admin.StopShadowAsync(stop);
        Assert.Equal((other.Digest, 1L), (stopped.Shadow.Digest, stopped.Shadow.Totals.Decisions));
        Assert.Equal(stopped, await admin.StopShadowAsync(stop));
        Assert.Null((await admin.ShowShadowAsync(new ShowShadowRequest())).Shadow);
        Assert.Null((await admin.StopShadowAsync(new StopShadowRequest { RequestId = TestBroker.NewId() })).Shadow);
        Assert.Equal(["24", "24", "25"], await broker.Database.ColumnAsync<string>("SELECT kind::text FROM audit_entries WHERE kind IN (24, 25) ORDER BY id"));
    }

    [Fact]
    public async Task A_candidate_whose_policies_fail_denies_nobody_and_of_what_it_finds_the_last_is_kept()
    {
        await using var broker = await TestBroker.StartAsync(postgres, catalog: Replays.Yaml(), policies: Replays.Policies);
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        const string failing = """
            permit (principal, action, resource);
            @id("grows") forbid (principal, action, resource) when { context.task.depth + 9223372036854775807 + 1 > 0 };
            """;
        await broker.OverSocket().Admin.StartShadowAsync(Replays.Shadow(Replays.Yaml(), failing));
        await broker.Database.ExecuteAsync(
            "INSERT INTO shadow_changes (decision_id, found) SELECT (uuid_floor(now() - interval '1 day' * n)), '' FROM generate_series(1, 1000) AS n");

        Assert.True(await agent.MintsAsync(task));

        var shadow = await broker.ShadowAsync(decisions: 1);
        Assert.Equal(["Mint Allowed Denied 1"], shadow.Totals.Lines());
        Assert.Equal("POLICY_FAILED", shadow.Changes[0].WouldBe.Reason);
        Assert.Equal(1000, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM shadow_changes"));
    }
}
