using System.Collections.Immutable;

namespace CredBroker.Core.Policies.Explanations;

/// <summary>An explanation in sentences. Texts from elsewhere are as they are: who shows them on a terminal makes them harmless.</summary>
internal static class ExplanationText
{
    internal static ImmutableArray<string> Of(Explanation explanation) =>
    [
        .. Answer(explanation),
        .. explanation.Findings.Select(finding => Finding(finding)),
        .. explanation.NearMisses.Select(NearMiss),
        .. explanation.IsComplete ? [] : (string[])["There were more facts to change than were asked about."],
    ];

    private static IEnumerable<string> Answer(Explanation explanation)
    {
        switch (explanation.Judgement)
        {
            case Judgement.Allowed:
                yield return "The policies allowed it.";
                break;
            case Judgement.NeedsApproval needed:
                yield return $"The policies allowed it only with an approval, of {Count(needed.Quorum)} of {string.Join(" or ", needed.Approvers)}.";
                break;
            case Judgement.Denied { Detail: { } detail }:
                yield return $"The policies denied it: {detail}.";
                break;
            default:
                yield return "The policies denied it.";
                break;
        }

        if (explanation.Judgement is Judgement.Allowed || explanation.Judgement.Record.Evaluations.IsEmpty) yield break;
        if (!explanation.Findings.Any(finding => finding.Forbids))
            yield return explanation.Findings.IsEmpty ? "No permit was about this workload, action and tool." : "No policy permitted it.";
    }

    private static string Finding(PolicyFinding finding)
    {
        var policy = $"The policy \"{finding.Policy}\"{(finding.At is { } at ? $" ({at})" : "")}";
        var because = string.Join(", and ", finding.Conditions.Select(condition => Condition(condition)));
        return (finding.Forbids, finding.State) switch
        {
            (true, PolicyState.Failed) => $"{policy} failed, and a forbid that fails denies: {because}.",
            (true, _) => $"{policy} forbade it, {(because.Length == 0 ? "whatever the facts" : $"because {because}")}.",
            (false, PolicyState.Applied) => $"{policy} permitted it, {(because.Length == 0 ? "whatever the facts" : $"because {because}")}.",
            _ => $"{policy} would have permitted it, but {because}.",
        };
    }

    private static string Condition(ConditionFinding condition)
    {
        var holds = (condition.State == PolicyState.Applied) != condition.IsUnless;
        var says = condition.State == PolicyState.Failed ? "could not be evaluated" : holds ? "held" : "did not hold";
        var facts = condition.Facts.Select(fact => $"{fact.Fact} was {fact.Value ?? "absent or left open"}").ToList();
        return facts.Count == 0 ? $"{condition.Text} {says}" : $"{condition.Text} {says} ({string.Join("; ", facts)})";
    }

    private static string NearMiss(NearMiss miss)
    {
        var would = miss.Outcome switch
        {
            JudgementOutcome.Allowed => "It would have been allowed",
            JudgementOutcome.NeedsApproval => "It would have needed an approval",
            _ => "It would have been denied",
        };
        return $"{would} {miss.If}{(miss.By.IsEmpty ? "" : $" (by {string.Join(", ", miss.By)})")}.";
    }

    private static string Count(int quorum) => quorum == 1 ? "one" : $"{quorum}";
}
