using CredBroker.Client;
using CredBroker.Core;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Past;

/// <summary>Which past decisions another catalog would make otherwise, over the wire.</summary>
public sealed class ReplayTests(Postgres postgres)
{
    // Mint: 4 granted, 3 denied (one because the task was over); use: 1 and 1; delegation: 1.
    private const int Decisions = 10;

    [Fact]
    public async Task The_catalog_in_force_and_the_same_files_would_change_nothing()
    {
        await using var broker = await TestBroker.StartAsync(postgres, catalog: Replays.Yaml(), policies: Replays.Policies);
        await Replays.HappenAsync(broker);

        var inForce = await broker.ReplayAsync(new() { Since = Duration.FromTimeSpan(TimeSpan.FromHours(1)) });
        var files = await broker.ReplayAsync(Replays.Under(Replays.Yaml(), Replays.Policies));

        foreach (var replay in new[] { inForce, files })
        {
            Assert.Equal((true, Decisions, Decisions), (replay.Valid, replay.Totals.Decisions, replay.Totals.Unchanged));
            Assert.Empty(replay.Totals.Lines());
            Assert.Empty(replay.Changes);
        }

        Assert.Equal(2, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE kind = 23 AND payload->>'by' = $1", TestCatalog.Agent));
    }

    [Fact]
    public async Task What_was_allowed_would_be_denied_what_was_denied_allowed_and_what_somebody_would_have_to_approve_is_told_apart()
    {
        await using var broker = await TestBroker.StartAsync(postgres, catalog: Replays.Yaml(), policies: Replays.Policies);
        await Replays.HappenAsync(broker);
        const string candidate = """
            @id("all") permit (principal, action in [Action::"read", Action::"egress"], resource);
            @id("humans") @approvers("sre") permit (principal, action in Action::"privileged", resource) when { context.approved };
            @id("not-after-two") forbid (principal, action in Action::"read", resource) when { context.task.history.reads >= 2 };
            @id("not-by-others") forbid (principal, action in Action::"read", resource) when { context.phase == "delegate" };
            """;

        var replay = await broker.ReplayAsync(Replays.Under(Replays.Yaml(), candidate));

        Assert.Equal(
            [
                "Mint Allowed Denied 1", "Mint Denied Allowed 1", "Mint Denied ApprovalRequired 1", "Authorize Allowed Denied 1", "Delegate Allowed Denied 1",
            ], replay.Totals.Lines());
        Assert.Equal((Decisions, Decisions - 5), (replay.Totals.Decisions, replay.Totals.Unchanged));
        var mail = replay.Changes.Single(one => one.WouldBe.Outcome == DecisionOutcome.Allowed);
        Assert.Equal(("POLICY_DENIED", "no-egress", "all"), (mail.Was.Reason, Assert.Single(mail.Was.Policies), Assert.Single(mail.WouldBe.Policies)));
        Assert.Equal((TestCatalog.Agent, "mail", "customers/7"), (mail.Workload, mail.Capability.Tool, mail.Capability.Resource));
        Assert.Equal(1, await broker.Database.ScalarAsync<long>(
            "SELECT count(*) FROM audit_entries WHERE decision_id = $1 AND kind = 2 AND task_id = $2", Guid.Parse(mail.DecisionId), Guid.Parse(mail.TaskId)));
        var release = replay.Changes.Single(one => one.WouldBe.Outcome == DecisionOutcome.ApprovalRequired);
        Assert.Equal((DecisionPhase.Mint, "APPROVAL_REQUIRED", "humans"), (release.Phase, release.WouldBe.Reason, Assert.Single(release.WouldBe.Policies)));
        var use = replay.Changes.Single(one => one.Phase == DecisionPhase.Authorize);
        Assert.Equal((TestCatalog.Backend, "not-after-two"), (use.Workload, Assert.Single(use.WouldBe.Policies)));
    }

    [Fact]
    public async Task A_catalog_that_calls_the_same_data_otherwise_gives_another_history_and_terms_are_a_difference_too()
    {
        await using var broker = await TestBroker.StartAsync(postgres, catalog: Replays.Yaml(), policies: Replays.Policies);
        await Replays.HappenAsync(broker);

        var harmless = await broker.ReplayAsync(Replays.Under(Replays.Yaml().Replace("data: confidential", "data: internal", StringComparison.Ordinal), Replays.Policies));
        var narrower = await broker.ReplayAsync(Replays.Under(Replays.Yaml().Replace("resource: acme/**, parameters", "resource: acme/other/**, parameters", StringComparison.Ordinal), Replays.Policies));
        var brief = await broker.ReplayAsync(Replays.Under(Replays.Yaml(), Replays.Policies.Replace("@id(\"work\")", "@id(\"work\") @max_ttl(\"30s\")", StringComparison.Ordinal)));

        Assert.Equal(["Mint Denied Allowed 1"], harmless.Totals.Lines());
        Assert.Equal(["Mint Allowed Denied 3", "Authorize Allowed Denied 1", "Delegate Allowed Denied 1"], narrower.Totals.Lines());
        Assert.Contains("RESOURCE_NOT_ALLOWED", narrower.Changes.Select(one => one.WouldBe.Reason));
        Assert.Contains("NOT_ALLOWED_ABOVE", narrower.Changes.Select(one => one.WouldBe.Reason));
        Assert.Equal(["Mint Allowed Allowed 4", "Authorize Allowed Allowed 1"], brief.Totals.Lines());
        Assert.Contains("max_ttl 30s", brief.Changes[0].WouldBe.Terms);
    }

    [Fact]
    public async Task What_an_older_program_did_not_record_is_counted_as_not_to_be_told_and_not_guessed()
    {
        await using var broker = await TestBroker.StartAsync(postgres, catalog: Replays.Yaml(), policies: Replays.Policies);
        await Replays.HappenAsync(broker);
        // As if the beginning of the tree had been dropped with its partition, and denials had not said how their callers were attested.
        await broker.Database.ExecuteAsync("DELETE FROM audit_entries WHERE kind = 3");

        var replay = await broker.ReplayAsync(Replays.Under(Replays.Yaml(), Replays.Policies));

        Assert.Equal(["the beginning of its tree of tasks 8"], replay.Totals.Lines());
        Assert.Equal((Decisions, 2), (replay.Totals.Decisions, replay.Totals.Unchanged));
    }

    [Fact]
    public async Task Only_decisions_since_then_are_looked_at_and_only_the_first_changes_are_listed()
    {
        await using var broker = await TestBroker.StartAsync(postgres, catalog: Replays.Yaml(), policies: Replays.Policies);
        await Replays.HappenAsync(broker);
        // Five entries of before; they are still known as what the tree was granted.
        await broker.Database.ExecuteAsync("UPDATE audit_entries SET payload = (replace(payload::text, to_char(now(), 'YYYY-MM-DD'), '2020-01-01'))::json WHERE kind = 2");
        const string nothing = "";

        var all = await broker.ReplayAsync(Replays.Under(Replays.Yaml(), nothing));
        var listed = await broker.ReplayAsync(Replays.Under(Replays.Yaml(), nothing).Changed(request => request.MostChanges = 2));

        Assert.Equal(7, all.Totals.Decisions);
        Assert.Equal(["Mint Allowed Denied 4", "Authorize Allowed Denied 1", "Delegate Allowed Denied 1"], all.Totals.Lines());
        Assert.Equal((6, 2), (all.Changes.Count, listed.Changes.Count));
        Assert.Equal(all.Totals, listed.Totals);
        Assert.True(all.From.ToDateTimeOffset() > TimeProvider.System.GetUtcNow().AddHours(-1), "the record does not go back an hour");
    }

    [Fact]
    public async Task Files_that_are_no_catalog_are_told_as_when_they_are_applied_and_malformed_fields_are_refused()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        var wrong = TestCatalog.Apply(TestCatalog.Yaml(), "permit (principal, action, resource) when { context.task.dept == 0 };");

        var refused = await broker.ReplayAsync(new() { Since = Duration.FromTimeSpan(TimeSpan.FromHours(1)), Files = { wrong.Files } });
        wrong.DryRun = true;
        var applied = await broker.OverSocket().Admin.ApplyCatalogAsync(wrong);

        Assert.False(refused.Valid);
        Assert.Equal(applied.Problems, refused.Problems);
        foreach (var (request, reason) in new[]
        {
            (new SimulateRequest(), Reason.FieldMissing), (new SimulateRequest { Since = Duration.FromTimeSpan(TimeSpan.FromDays(32)) }, Reason.FieldOutOfRange),
            (new SimulateRequest { Since = Duration.FromTimeSpan(TimeSpan.FromDays(1)), MostChanges = 10_001 }, Reason.FieldOutOfRange),
        })
            Refused.Is(reason, BrokerRefusal.Of(await Assert.ThrowsAsync<RpcException>(() => broker.ReplayAsync(request))), request.ToString());
    }

    [Fact]
    public async Task Nobody_but_a_policy_administrator_may_ask()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var other = await broker.JoinAsync("other");
        using var stream = broker.OverTcp().Admin.Simulate(new SimulateRequest { Since = Duration.FromTimeSpan(TimeSpan.FromHours(1)) });

        var denied = await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken));

        Assert.Equal(StatusCode.Unauthenticated, denied.StatusCode);
        await broker.DeniedAsync(Reason.CallerMayNotCall, other.Admin.StartShadowAsync(Replays.Shadow(TestCatalog.Yaml(), "")));
    }
}
