using System.Globalization;
using CredBroker.Core;
using CredBroker.Core.Past;
using CredBroker.Core.Policies;
using CredBroker.Server.Wire;
using Google.Protobuf.WellKnownTypes;

using CredBroker.V1;
using ReplayTotals = CredBroker.Core.Past.ReplayTotals;

namespace CredBroker.Server.Past;

/// <summary>What a replay found, to proto and back.</summary>
internal static class ReplayMessages
{
    /// <summary>A decision that would come out otherwise.</summary>
    public static ChangedDecision Of(Replayed.Changed changed)
    {
        var decision = changed.Decision;
        return new()
        {
            DecisionId = decision.Id.ToString(), At = decision.At.ToTimestamp(), Phase = PhaseOf(decision.Phase), Workload = WorkloadOf(decision),
            TaskId = decision.Task?.ToString() ?? "", Capability = decision.Asked.ToMessage(), Was = Of(decision.Was), WouldBe = Of(changed.WouldBe),
        };
    }

    /// <summary>The counts.</summary>
    public static V1.ReplayTotals Of(ReplayTotals totals) => new()
    {
        Decisions = totals.Decisions, Unchanged = totals.Unchanged,
        Changed =
        {
            totals.Changed.Select(one => new ChangeCount
            {
                Phase = PhaseOf(one.Change.Phase), Was = OutcomeOf(one.Change.Was), WouldBe = OutcomeOf(one.Change.WouldBe), Count = one.Count,
            }),
        },
        Untold = { totals.Untold.Select(one => new UntoldCount { Missing = one.Missing, Count = one.Count }) },
    };

    /// <summary>Counts that were kept.</summary>
    public static ReplayTotals Of(V1.ReplayTotals kept)
    {
        var totals = new ReplayTotals();
        totals.AddUnchanged(kept.Unchanged);
        foreach (var one in kept.Changed)
            totals.AddChanged(new((PolicyPhase)one.Phase, (Core.Past.DecisionOutcome)one.Was, (Core.Past.DecisionOutcome)one.WouldBe), one.Count);
        foreach (var one in kept.Untold) totals.AddUntold(one.Missing, one.Count);
        return totals;
    }

    /// <summary>A verdict.</summary>
    public static V1.DecisionVerdict Of(Core.Past.DecisionVerdict verdict) => new()
    {
        Outcome = OutcomeOf(verdict.Outcome), Reason = verdict.Reason?.Word() ?? "", Policies = { verdict.Policies },
        Terms = { TermsOf(verdict.Terms) },
    };

    private static IEnumerable<string> TermsOf(PolicyTerms terms)
    {
        if (terms.MaxTimeToLive is { } life) yield return string.Create(CultureInfo.InvariantCulture, $"max_ttl {life.TotalSeconds:0}s");
        if (terms.SingleUse) yield return "single_use";
        foreach (var obligation in terms.Obligations) yield return $"obligation {obligation}";
    }

    /// <summary>Who asked.</summary>
    public static string WorkloadOf(PastDecision decision) => decision switch
    {
        PastDecision.Mint mint => mint.Workload.ToString(),
        PastDecision.Use use => use.Backend.ToString(),
        PastDecision.Delegation delegation => delegation.Workload.ToString(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    // The contract's numbers are these enumerations' own.
    public static DecisionPhase PhaseOf(PolicyPhase phase) => (DecisionPhase)(int)phase;

    private static V1.DecisionOutcome OutcomeOf(Core.Past.DecisionOutcome outcome) => (V1.DecisionOutcome)(int)outcome;
}
