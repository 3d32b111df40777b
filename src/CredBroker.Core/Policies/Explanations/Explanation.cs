using System.Collections.Immutable;

namespace CredBroker.Core.Policies.Explanations;

/// <summary>Why the policies judge a question as they do, and what would change it. Immutable.</summary>
/// <param name="Judgement">What they say, asked again.</param>
/// <param name="Findings">The policies that matter to it: first those that forbid, then those that permit, or come nearest to it.</param>
/// <param name="NearMisses">The single facts that would change the outcome, changed alone.</param>
/// <param name="Asked">How often the policies were asked about a changed fact.</param>
/// <param name="IsComplete">False when there were more changes to ask about than are asked.</param>
public sealed record Explanation(
    Judgement Judgement, ImmutableArray<PolicyFinding> Findings, ImmutableArray<NearMiss> NearMisses, int Asked, bool IsComplete)
{
    /// <summary>The same in sentences, for people: each a line.</summary>
    public ImmutableArray<string> Sentences => ExplanationText.Of(this);
}

/// <summary>How the policies answer.</summary>
public enum JudgementOutcome
{
    /// <summary>Yes.</summary>
    Allowed = 1,

    /// <summary>Yes, if an approver says so.</summary>
    NeedsApproval = 2,

    /// <summary>No.</summary>
    Denied = 3,
}

/// <summary>One fact that would change the outcome if it alone were another.</summary>
/// <param name="Fact">What policies call it: <c>context.task.history.writes</c>.</param>
/// <param name="Value">What it is.</param>
/// <param name="Other">What it would have to be: of several values the nearest.</param>
/// <param name="If">The same in words: <c>had the history not contained confidential data</c>.</param>
/// <param name="Outcome">How the policies would answer then.</param>
/// <param name="By">The policies that would decide, sorted; none, when nothing would permit.</param>
public sealed record NearMiss(string Fact, string Value, string Other, string If, JudgementOutcome Outcome, ImmutableArray<string> By)
{
    /// <summary>The question with the fact changed.</summary>
    public required PolicyQuestion Question { get; init; }

    /// <summary>The moment, which may be the fact that was changed.</summary>
    public required DateTimeOffset Now { get; init; }
}
