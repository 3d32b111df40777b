using System.Globalization;
using CredBroker.Cli.Grammar;
using CredBroker.V1;

namespace CredBroker.Cli.Output;

/// <summary>What another catalog would have decided otherwise, as people read it.</summary>
internal static class ReplayPage
{
    /// <summary>A replay.</summary>
    public static void Show(Page page, SimulateResponse replay)
    {
        if (!replay.Valid) return;
        Changes(page, replay.Changes);
        Totals(page, replay.Totals, $"from {Page.Time(replay.From)} to {Page.Time(replay.Until)}");
    }

    /// <summary>A candidate.</summary>
    public static void Show(Page page, Shadow? shadow)
    {
        if (shadow is null)
        {
            page.Line("there is no candidate");
            return;
        }

        page.Fields(
            ("candidate", Convert.ToHexStringLower(shadow.Digest.Span)),
            ("started", $"{Page.Time(shadow.StartedAt)} by {shadow.StartedBy}"));
        Changes(page, shadow.Changes);
        Totals(page, shadow.Totals, shadow.Until is null ? "so far" : $"up to {Page.Time(shadow.Until)}");
    }

    private static void Changes(Page page, IReadOnlyCollection<ChangedDecision> changes) => page.Table(
        "nothing would be decided otherwise",
        ["DECISION", "AT", "OF", "WAS", "BY", "WOULD BE", "BY", "CAPABILITY", "WORKLOAD"],
        changes.Select(one => new[]
        {
            one.DecisionId, Page.Time(one.At), PhaseOf(one.Phase), Of(one.Was), By(one.Was), Of(one.WouldBe), By(one.WouldBe), CapabilityText.Of(one.Capability), one.Workload,
        }));

    private static void Totals(Page page, ReplayTotals totals, string when)
    {
        page.Line(string.Create(CultureInfo.InvariantCulture, $"{totals.Decisions} decisions {when}: {totals.Unchanged} unchanged"));
        foreach (var one in totals.Changed) page.Line(string.Create(CultureInfo.InvariantCulture, $"{one.Count} {PhaseOf(one.Phase)}: {Change(one)}"));
        foreach (var one in totals.Untold) page.Line(string.Create(CultureInfo.InvariantCulture, $"{one.Count} cannot be told: not on record is {one.Missing}"));
    }

    private static string Change(ChangeCount one) => one.Was == one.WouldBe ? $"{Word(one.Was)} on other terms" : $"{Word(one.Was)} -> {Word(one.WouldBe)}";

    private static string Of(DecisionVerdict verdict) => string.Join(", ", verdict.Terms.Prepend(verdict.Reason.Length == 0 ? Word(verdict.Outcome) : $"{Word(verdict.Outcome)} ({verdict.Reason})"));

    private static string By(DecisionVerdict verdict) => string.Join(", ", verdict.Policies);

    private static string Word(DecisionOutcome outcome) => outcome switch
    {
        DecisionOutcome.Allowed => "allowed",
        DecisionOutcome.Denied => "denied",
        DecisionOutcome.ApprovalRequired => "approval required",
        _ => "unknown",
    };

    private static string PhaseOf(DecisionPhase phase) => phase switch
    {
        DecisionPhase.Mint => "mint",
        DecisionPhase.Authorize => "authorize",
        DecisionPhase.Delegate => "delegate",
        _ => "unknown",
    };
}
