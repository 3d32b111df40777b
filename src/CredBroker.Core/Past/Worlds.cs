using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Past;

/// <summary>
/// Makes a decision again in every world that the record leaves possible. If it comes out the same in all of them, what is not on record
/// does not matter; else it cannot be told, and is not guessed.
/// </summary>
internal static class Worlds
{
    private const string Attested = "how the workload proved itself";
    private const string Counted = "whether the approval counted";
    private const string TokenOfThen = "the token of then";
    private const string Asked = "what was asked of the delegation";
    private const string Granted = "what the tree was granted before";
    private const string Unseen = "what the rules had not looked at";

    /// <summary>What came of it, where nobody has to know the task for that; null: one has to.</summary>
    internal static Replayed? Decide(CatalogSnapshot candidate, PastDecision past)
    {
        if (past.IsSettled || past.Task is null) return Replayed.Unchanged.One;
        if (past is not PastDecision.Use { Was.Reason: Reason.AudienceNotServed } use) return null;
        // The audience is looked at before the token and whoever presents it: of those nothing is known.
        if (use.Token is not { } token) return new Replayed.Untold(TokenOfThen);
        var (catalog, call) = (candidate.Catalog, use.Call.Capability);
        return catalog.FindWorkload(use.Backend)?.Serves.Contains(token.Audience) == true && catalog.FindAction(call.Tool, call.Action).Rule?.Audience == token.Audience
            ? new Replayed.Untold(Unseen)
            : Replayed.Unchanged.One;
    }

    /// <summary>What came of it.</summary>
    internal static Replayed Decide(CatalogSnapshot candidate, PastDecision past, PastTree tree, TaskId task)
    {
        var facts = tree.FactsFor(past, task);
        IReadOnlyList<EvidenceKind> kinds = past.AttestedBy is { } known ? [known] : Enum.GetValues<EvidenceKind>();
        var (verdicts, missing) = past switch
        {
            PastDecision.Mint mint => (
                from kind in kinds from approval in ApprovalsOf(mint) select DecidingAgain.Mint(candidate, mint, facts, kind, approval), past.AttestedBy is null ? Attested : Counted),
            PastDecision.Use use => (
                from kind in kinds
                from token in TokensOf(use, candidate)
                from approval in ApprovalsOf(use)
                select DecidingAgain.Use(candidate, use, facts, kind, token, approval == true),
                use.Token is null ? TokenOfThen : past.AttestedBy is null ? Attested : Counted),
            PastDecision.Delegation delegation => (
                from kind in kinds
                from asked in AskedOf(delegation)
                select DecidingAgain.Delegation(candidate, delegation, Holding(delegation, facts, asked.Budget), tree.Line(task), kind, asked.TimeToLive, asked.Budget),
                delegation.TimeToLive is null ? Asked : Attested),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return Compare(past, [.. verdicts], missing, tree.IsWhole || !candidate.Catalog.Policies.ReadHistory);
    }

    private static Replayed Compare(PastDecision past, IReadOnlyList<DecisionVerdict> verdicts, string missing, bool historyIsKnown)
    {
        var first = verdicts[0];
        if (verdicts.Skip(1).Any(other => other.DiffersFrom(first))) return new Replayed.Untold(missing);
        if (!historyIsKnown && IsOfPolicies(first)) return new Replayed.Untold(Granted);
        if (past.Was.Outcome != DecisionOutcome.Allowed && first.Outcome == past.Was.Outcome) return Replayed.Unchanged.One;
        return past.Was.DiffersFrom(first) && !SameDelegation(past, first) ? new Replayed.Changed(past, first) : Replayed.Unchanged.One;
    }

    private static bool IsOfPolicies(DecisionVerdict verdict) =>
        verdict.Outcome != DecisionOutcome.Denied || verdict.Reason is Reason.PolicyDenied or Reason.PolicyFailed or Reason.TokenOver;

    // Handing down binds to nothing: its terms are those of the child's mints.
    private static bool SameDelegation(PastDecision past, DecisionVerdict would) => past is PastDecision.Delegation && past.Was.Outcome == would.Outcome;

    // The two ends: whatever lies between them is judged as one of them.
    private static IEnumerable<PastToken> TokensOf(PastDecision.Use use, CatalogSnapshot candidate)
    {
        if (use.Token is { } token) return [token];
        var call = use.Call.Capability;
        var audience = candidate.Catalog.FindAction(call.Tool, call.Action).Rule?.Audience ?? "";
        return [new(audience, use.At, IsBearer: false, IsCounted: true), new(audience, DateTimeOffset.UnixEpoch, IsBearer: true, IsCounted: false)];
    }

    // One that was decided with counted, and counts.
    private static IEnumerable<bool?> ApprovalsOf(PastDecision past) => past.Approved ? [true] : past.HasApproval ? [true, false] : [null];

    private static IEnumerable<(TimeSpan TimeToLive, int? Budget)> AskedOf(PastDecision.Delegation past) => past.TimeToLive is { } life
        ? [(life, past.Budget)]
        : [(TaskLimits.MinTimeToLive, past.Budget ?? 1), (TaskLimits.MaxTimeToLive, past.Budget)];

    // What was found after the parent's budget was found enough.
    private static TaskFacts Holding(PastDecision.Delegation past, TaskFacts parent, int? budget) => past.Was.Reason
        is Reason.DepthOverCeiling or Reason.UnknownDelegate or Reason.TaskLifetimeOverCeiling or Reason.TaskBudgetOverCeiling
            ? parent
            : parent with { Budget = Math.Max(parent.Budget, parent.Spent + (budget ?? 1)) };
}
