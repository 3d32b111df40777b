using System.Collections.Immutable;
using System.Diagnostics;

namespace CredBroker.Core.Policies.Explanations;

/// <summary>
/// Says why the policies judge a question as they do: which of them apply, which come near and what they miss, and which single fact would
/// have changed the outcome. Nothing is guessed: every fact that is named was changed, alone, and the policies were asked again.
/// </summary>
/// <remarks>For administrators: it shows what a workload is never told.</remarks>
public static class Explaining
{
    /// <summary>The most changed questions that the policies are asked.</summary>
    public const int MostQuestions = 256;

    // Enough for the values on both sides of each of a dozen literals.
    private const int MostOfOneFact = 48;

    // More would not be read: those that come nearest come first.
    private const int MostNearest = 5;

    /// <summary>Explains. Same policies, question and moment, same explanation.</summary>
    /// <param name="policies">The policies that judged: of the catalog that was in force then.</param>
    /// <param name="question">The question as it was then.</param>
    /// <param name="now">The moment of the decision.</param>
    public static Explanation Explain(CatalogPolicies policies, PolicyQuestion question, DateTimeOffset now)
    {
        var judgement = Judging.Judge(policies, question, now);
        if (Scene.Of(policies, question, now) is not { } scene) return new(judgement, [], [], 0, IsComplete: true);
        var (misses, asked, isComplete) = NearMisses(scene, OutcomeOf(judgement));
        return new(judgement, Findings(scene, judgement), misses, asked, isComplete);
    }

    /// <summary>Which of the three a judgement is.</summary>
    public static JudgementOutcome OutcomeOf(Judgement judgement) => judgement switch
    {
        Judgement.Allowed => JudgementOutcome.Allowed,
        Judgement.NeedsApproval => JudgementOutcome.NeedsApproval,
        Judgement.Denied => JudgementOutcome.Denied,
        _ => throw new UnreachableException(),
    };

    private static ImmutableArray<PolicyFinding> Findings(Scene scene, Judgement judgement)
    {
        // What leaves something open was not put to the policies: that they would have said this or that explains nothing.
        if (judgement.Record.Evaluations.IsEmpty) return [];
        var all = Conditions.Of(scene);
        var permits = all.Where(finding => !finding.Forbids && finding.State == PolicyState.Applied);
        if (judgement is Judgement.Allowed) return [.. permits];
        var forbids = all.Where(finding => finding.Forbids && finding.State != PolicyState.Unmet).OrderBy(finding => finding.State);
        return permits.Any() ? [.. forbids] : [.. forbids, .. Nearest(all)];
    }

    private static IEnumerable<PolicyFinding> Nearest(ImmutableArray<PolicyFinding> all) =>
        all.Where(finding => !finding.Forbids).OrderBy(finding => finding.Conditions.Length).Take(MostNearest);

    private static (ImmutableArray<NearMiss> Found, int Asked, bool IsComplete) NearMisses(Scene scene, JudgementOutcome was)
    {
        var found = new List<NearMiss>();
        var asked = 0;
        // The nearest values first: of a fact with many, the far ones are not asked about.
        var byFact = Changes.Of(scene).GroupBy(change => change.Fact, StringComparer.Ordinal).Select(fact => fact.OrderBy(change => change.Distance).ToList()).ToList();
        foreach (var change in byFact.SelectMany(fact => fact.Take(MostOfOneFact)))
        {
            if (asked == MostQuestions) return ([.. found], asked, IsComplete: false);
            asked++;
            var judgement = Judging.Judge(scene.Policies, change.Question, change.Now);
            var outcome = OutcomeOf(judgement);
            if (outcome == was) continue;
            var miss = new NearMiss(change.Fact, change.Value, change.Other, change.If, outcome, By(judgement)) { Question = change.Question, Now = change.Now };
            if (!found.Exists(one => one.Fact == change.Fact && one.Outcome == outcome)) found.Add(miss);
        }

        return ([.. found], asked, byFact.TrueForAll(fact => fact.Count <= MostOfOneFact));
    }

    // What would forbid as things are; of a yes, or one that an approver could give, what would permit.
    private static ImmutableArray<string> By(Judgement judgement) => judgement.Record.Evaluations switch
    {
        [] => [],
        [var first, ..] when judgement is Judgement.Denied => first.Deciding,
        [.., var last] => last.Deciding,
    };
}
