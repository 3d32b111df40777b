using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Catalog;
using CredBroker.Core.Past;
using CredBroker.Tests.Identity;

namespace CredBroker.Tests.Past;

/// <summary>What a replay does where the record is not all that it should be.</summary>
public sealed class ReplayingTests
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 20, 11, 53, 0, TimeSpan.Zero);
    private static readonly CatalogSnapshot s_catalog = PastCatalogs.With(PastCatalogs.Permit);

    private static readonly CatalogSnapshot s_readsLabels = PastCatalogs.With(
        PastCatalogs.Permit + """forbid (principal, action in Action::"egress", resource) when { context.task.history.tools.contains("tickets") };""");

    [Fact]
    public void Decisions_of_a_tree_whose_beginning_is_not_on_record_cannot_be_told()
    {
        var (record, _) = Happen();

        var totals = Replay(record.Where(entry => entry.Kind != AuditKind.TaskStarted), s_catalog);

        Assert.Equal("the beginning of its tree of tasks", Assert.Single(totals.Untold).Missing);
        Assert.Equal(totals.Decisions, totals.Unchanged + totals.Untold.Single().Count);
    }

    [Fact]
    public void What_moved_a_history_and_is_not_on_record_makes_untold_only_what_reads_history()
    {
        var (record, _) = Happen();
        var without = record.Where(entry => entry.Kind != AuditKind.TokenMinted || !entry.Payload.Contains("\"adds\"", StringComparison.Ordinal)).ToList();
        Assert.True(without.Count < record.Count);

        Assert.Contains("what the tree was granted before", Replay(without, s_readsLabels).Untold.Select(one => one.Missing));
        Assert.Empty(Replay(without, s_catalog).Untold);
    }

    [Fact]
    public void Where_it_is_not_on_record_how_a_workload_proved_itself_it_matters_only_to_policies_that_ask()
    {
        var (record, _) = Happen(PastCatalogs.With(PastCatalogs.Permit, "actions: [read, write], resource: acme/**", "actions: [read], resource: acme/**"));
        var older = record.Select(entry => AuditEntry.Of(entry.Id, entry.Kind, entry.TaskId, entry.DecisionId, WithoutAttestation(entry.Payload))).ToList();
        var asks = PastCatalogs.With(PastCatalogs.Permit + """forbid (principal, action, resource) when { principal.attested_by == "jwt" };""");

        Assert.Empty(Replay(older, s_catalog).Untold);
        Assert.Contains("how the workload proved itself", Replay(older, asks).Untold.Select(one => one.Missing));
    }

    [Fact]
    public void The_token_of_a_call_matters_only_to_catalogs_that_hold_something_against_it()
    {
        var (record, _) = Happen();
        var older = record.Select(entry => AuditEntry.Of(
            entry.Id, entry.Kind, entry.TaskId, entry.DecisionId, System.Text.RegularExpressions.Regex.Replace(entry.Payload, "\"iat\":[0-9]+,\"call\"", "\"call\""))).ToList();
        const string strict = "egress: false\n    actions:\n      read";
        const string anybodys = "egress: false\n    bearer: true\n    actions:\n      read";

        Assert.DoesNotContain("the token of then", Replay(older, PastCatalogs.With(PastCatalogs.Permit, strict, anybodys)).Untold.Select(one => one.Missing));
        // Nobody knows whether they were bound to a key, or good for one call.
        foreach (var holds in new[] { s_catalog, PastCatalogs.With("@single_use " + PastCatalogs.Permit, strict, anybodys) })
            Assert.Contains("the token of then", Replay(older, holds).Untold.Select(one => one.Missing));
    }

    [Fact]
    public void Trees_that_are_over_are_forgotten()
    {
        var replaying = new Replaying(s_catalog);
        replaying.Learn(1, s_catalog.Catalog);
        var (record, last) = Happen();
        foreach (var entry in record) replaying.Feed(PastEntryReader.Read(entry.Kind, entry.Payload)!, judge: true, _ => { });
        Assert.NotEqual(0, replaying.Held);

        replaying.Reach(last.AddHours(3), _ => { });

        Assert.Equal(0, replaying.Held);
    }

    [Fact]
    public void An_entry_that_is_only_followed_is_not_counted()
    {
        var (record, _) = Happen();
        var replaying = new Replaying(s_catalog);
        replaying.Learn(1, s_catalog.Catalog);
        foreach (var entry in record) replaying.Feed(PastEntryReader.Read(entry.Kind, entry.Payload)!, judge: false, _ => Assert.Fail("nobody asked"));
        replaying.Finish(_ => Assert.Fail("nobody asked"));
    }

    [Fact]
    public void What_does_not_read_is_never_a_decision_and_never_throws()
    {
        var (record, _) = Happen();
        var random = new Mutations(5);
        foreach (var entry in record)
        {
            for (var i = 0; i < 60; i++) PastEntryReader.Read(entry.Kind, random.Damage(entry.Payload));
            foreach (var kind in Enum.GetValues<AuditKind>()) PastEntryReader.Read(kind, entry.Payload);
            Assert.Null(PastEntryReader.Read(entry.Kind, ""));
        }

        Assert.Null(PastEntryReader.Read(AuditKind.MintDenied, record.First(entry => entry.Kind == AuditKind.MintDenied).Payload
            .Replace("\"reason\":\"", "\"reason\":\"Newer", StringComparison.Ordinal)));
    }

    [Fact]
    public void Reasons_that_no_catalog_has_a_say_in_are_not_those_that_one_gives()
    {
        Reason[] ofCatalogs =
        [
            Reason.UnknownTool, Reason.UnknownAction, Reason.UnknownParameter, Reason.ParameterMistyped, Reason.ActionNotAllowed, Reason.ResourceNotAllowed,
            Reason.ParameterNotAllowed, Reason.BearerNotAllowed, Reason.UnknownWorkload, Reason.PolicyDenied, Reason.PolicyFailed, Reason.ApprovalRequired,
            Reason.UnknownDelegate, Reason.DepthOverCeiling, Reason.NotAllowedAbove, Reason.TaskLifetimeOverCeiling, Reason.TaskBudgetOverCeiling,
            Reason.AudienceNotServed,
        ];
        Assert.DoesNotContain(ofCatalogs, reason => SettledReasons.OfMint(reason) || SettledReasons.OfUse(reason, byPolicies: true) || SettledReasons.OfDelegation(reason));
        Assert.False(SettledReasons.OfMint(null) || SettledReasons.OfUse(null, false) || SettledReasons.OfDelegation(null));
        Assert.False(SettledReasons.OfUse(Reason.TokenOver, byPolicies: true));
        Assert.True(SettledReasons.OfUse(Reason.TokenOver, byPolicies: false));
    }

    private static (List<AuditEntry> Record, DateTimeOffset Last) Happen(CatalogSnapshot? inForce = null)
    {
        var world = new PastWorld(new Mutations(77), s_catalog, s_start);
        for (var step = 0; step < 200; step++) world.Step(inForce ?? s_catalog);
        Assert.Contains(world.Record, entry => entry.Kind == AuditKind.UseAuthorized);
        return (world.Record, world.Now);
    }

    private static ReplayTotals Replay(IEnumerable<AuditEntry> record, CatalogSnapshot candidate)
    {
        var replaying = new Replaying(candidate);
        replaying.Learn(1, s_catalog.Catalog);
        var totals = new ReplayTotals();
        foreach (var entry in record) replaying.Feed(PastEntryReader.Read(entry.Kind, entry.Payload)!, judge: true, totals.Add);
        replaying.Finish(totals.Add);
        return totals;
    }

    private static string WithoutAttestation(string payload) =>
        System.Text.RegularExpressions.Regex.Replace(payload, "\"attested_by\":\"[a-z0-9_]+\",", "");
}
