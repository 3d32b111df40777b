using System.Collections.Immutable;

namespace CredBroker.Core.Policies.Testing;

/// <summary>What the broker would answer to an example request.</summary>
public sealed record PolicyTestAnswer(PolicyTestOutcome Outcome)
{
    /// <summary>
    /// The policies that decide, sorted: permits of a yes, or of the yes that an approver could give; forbids of a no, of which there may be
    /// none. None also when the request did not come to the policies.
    /// </summary>
    public ImmutableArray<string> By { get; init; } = [];

    /// <summary>Why it is denied; null when it is not.</summary>
    public Reason? Reason { get; init; }

    /// <summary>What a reader should know besides; null: nothing.</summary>
    public string? Detail { get; init; }

    /// <summary>The groups that may approve, sorted; none when nobody has to.</summary>
    public ImmutableArray<string> Approvers { get; init; } = [];

    /// <summary>How many of them have to; null when nobody has to.</summary>
    public int? Quorum { get; init; }

    /// <summary>The longest that the token may live; null where none is minted.</summary>
    public TimeSpan? MaxTimeToLive { get; init; }

    /// <summary>Whether the token is good for one call only; null where none is minted.</summary>
    public bool? SingleUse { get; init; }

    /// <summary>What the enforcement point has to do with every call, sorted.</summary>
    public ImmutableArray<string> Obligations { get; init; } = [];

    /// <summary>Policies that failed, each with where and why.</summary>
    public ImmutableArray<string> Failed { get; init; } = [];

    /// <summary>The answer that the policies gave, without what follows from the catalog.</summary>
    internal static PolicyTestAnswer Of(PolicyTestOutcome outcome, JudgementRecord? record)
    {
        if (record is null || record.Evaluations.IsEmpty) return new(outcome);
        // What forbids as things are, forbids; what would be needed for a yes is the second evaluation's.
        var says = outcome == PolicyTestOutcome.Deny ? record.Evaluations[0] : record.Evaluations[^1];
        return new(outcome) { By = says.Deciding, Failed = says.Errors };
    }
}
