using System.Collections.Immutable;

namespace CredBroker.Core.Policies.Testing;

/// <summary>What the author of a case expects: the outcome, and of the rest what the case says. Null: the case does not say.</summary>
public sealed record PolicyTestExpectation(PolicyTestOutcome Outcome)
{
    /// <summary>The policies that decide, sorted: these and no others; none, when nothing permits.</summary>
    public ImmutableArray<string>? By { get; init; }

    /// <summary>Why it is denied.</summary>
    public Reason? Reason { get; init; }

    /// <summary>The groups that may approve, sorted.</summary>
    public ImmutableArray<string>? Approvers { get; init; }

    /// <summary>How many of them have to.</summary>
    public int? Quorum { get; init; }

    /// <summary>The longest that the token may live, by the catalog and the policies together.</summary>
    public TimeSpan? MaxTimeToLive { get; init; }

    /// <summary>Whether the token is good for one call only.</summary>
    public bool? SingleUse { get; init; }

    /// <summary>What the enforcement point has to do with every call, sorted.</summary>
    public ImmutableArray<string>? Obligations { get; init; }
}
