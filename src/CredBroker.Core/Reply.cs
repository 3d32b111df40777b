using CredBroker.Core.Approvals;

namespace CredBroker.Core;

/// <summary>What a slice answers: a value, or a refusal with the decision that it was recorded under, if any.</summary>
/// <typeparam name="T">What is answered when nothing stands against it.</typeparam>
public abstract record Reply<T>
{
    private Reply()
    {
    }

    /// <summary>The answer.</summary>
    public sealed record Answered(T Value) : Reply<T>;

    /// <summary>The refusal. What of it a caller may see is decided in one place, by who the caller is.</summary>
    /// <param name="Refusal">What was refused and why.</param>
    /// <param name="DecisionId">The decision that it was recorded under; there whenever authority or evidence was refused.</param>
    /// <param name="RetryAfter">When to try again, for what is too much.</param>
    public sealed record Refused(Refusal Refusal, DecisionId? DecisionId, TimeSpan? RetryAfter = null) : Reply<T>
    {
        /// <summary>The approval that is needed: this denial alone is told to whoever asked, for only so can it be decided.</summary>
        public ApprovalNeeded? Approval { get; init; }
    }
}

/// <summary>Makes replies without naming their type twice.</summary>
public static class Reply
{
    /// <summary>An answer.</summary>
    public static Reply<T> Of<T>(T value) => new Reply<T>.Answered(value);

    /// <summary>A refusal that was recorded under a decision.</summary>
    public static Reply<T> Refuse<T>(Refusal refusal, DecisionId decisionId) => new Reply<T>.Refused(refusal, decisionId);

    /// <summary>A refusal that no decision was made for, such as malformed input.</summary>
    public static Reply<T> Refuse<T>(Refusal refusal) => new Reply<T>.Refused(refusal, null);

    /// <summary>A refusal that an approval would turn.</summary>
    public static Reply<T> NeedsApproval<T>(ApprovalNeeded approval, DecisionId decisionId) =>
        new Reply<T>.Refused(new(Reason.ApprovalRequired, Detail: "approval required"), decisionId) { Approval = approval };

    /// <summary>A refusal of what is too much, with when to try again.</summary>
    public static Reply<T> Refuse<T>(Refusal refusal, TimeSpan retryAfter) => new Reply<T>.Refused(refusal, null, retryAfter);
}
