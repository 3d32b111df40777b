using System.Collections.Immutable;

namespace CredBroker.Core.Policies;

/// <summary>What a yes is bound to: the strictest of what the deciding policies' annotations say.</summary>
public sealed record PolicyTerms
{
    /// <summary>Bound to nothing.</summary>
    public static PolicyTerms None { get; } = new();

    /// <summary>The longest that a token may live, at least a second; null: what else holds.</summary>
    public TimeSpan? MaxTimeToLive { get; init; }

    /// <summary>True when a token is good for one call.</summary>
    public bool SingleUse { get; init; }

    /// <summary>What the enforcement point has to do with every call: the policies' words, in the order of the policies' ids.</summary>
    public ImmutableArray<string> Obligations { get; init; } = [];

    /// <summary>Both: whichever is stricter.</summary>
    internal PolicyTerms And(PolicyNotes notes) => new()
    {
        MaxTimeToLive = notes.MaxTimeToLive is { } own && !(MaxTimeToLive <= own) ? own : MaxTimeToLive,
        SingleUse = SingleUse || notes.SingleUse,
        Obligations = notes.Obligation is { } text && !Obligations.Contains(text) ? Obligations.Add(text) : Obligations,
    };

    /// <summary>Equal when all is the same, in the same order.</summary>
    public bool Equals(PolicyTerms? other) => other is not null && MaxTimeToLive == other.MaxTimeToLive && SingleUse == other.SingleUse
        && Obligations.AsSpan().SequenceEqual(other.Obligations.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(MaxTimeToLive, SingleUse, Obligations.Length);
}
