using System.Collections.Immutable;
using CredBroker.Core.Policies;

namespace CredBroker.Core.Past;

/// <summary>How a decision comes out.</summary>
public enum DecisionOutcome
{
    /// <summary>Yes.</summary>
    Allowed = 1,

    /// <summary>No.</summary>
    Denied = 2,

    /// <summary>Not without an approver's yes.</summary>
    ApprovalRequired = 3,
}

/// <summary>What was decided of something, or would be.</summary>
/// <param name="Outcome">How it came out.</param>
/// <param name="Reason">Why not; null when it was allowed.</param>
/// <param name="Policies">The policies that decided, sorted; none when it did not come so far, or nothing matched.</param>
/// <param name="Terms">What a yes is bound to.</param>
public sealed record DecisionVerdict(DecisionOutcome Outcome, Reason? Reason, ImmutableArray<string> Policies, PolicyTerms Terms)
{
    /// <summary>What the policies say, with what came of it.</summary>
    internal static DecisionVerdict Of(Reason? reason, Judgement? judgement)
    {
        var outcome = OutcomeOf(reason);
        var terms = outcome == DecisionOutcome.Allowed && judgement is Judgement.Allowed allowed ? allowed.Terms : PolicyTerms.None;
        return new(outcome, reason, judgement is null ? [] : DecidingOf(outcome, judgement.Record.Evaluations), terms);
    }

    /// <summary>What a reason, or none, stands for.</summary>
    internal static DecisionOutcome OutcomeOf(Reason? reason) => reason switch
    {
        null => DecisionOutcome.Allowed,
        Core.Reason.ApprovalRequired => DecisionOutcome.ApprovalRequired,
        _ => DecisionOutcome.Denied,
    };

    /// <summary>Of two evaluations, the one that says what the outcome rests on: a denial on what forbids, an approval on what would permit.</summary>
    internal static ImmutableArray<string> DecidingOf(DecisionOutcome outcome, ImmutableArray<PolicyEvaluation> evaluations) =>
        evaluations.IsEmpty ? [] : (outcome == DecisionOutcome.Denied ? evaluations[0] : evaluations[^1]).Deciding;

    /// <summary>True when whoever asked would have noticed a difference.</summary>
    internal bool DiffersFrom(DecisionVerdict other) =>
        Outcome != other.Outcome || (Outcome == DecisionOutcome.Allowed && Terms != other.Terms);
}
