namespace CredBroker.Core.Catalog.Differences;

/// <summary>What a difference does to authority.</summary>
public enum DifferenceEffect
{
    /// <summary>Neither clearly more nor clearly less.</summary>
    Changes = 0,

    /// <summary>Something that was refused is now possible.</summary>
    Widens = 1,

    /// <summary>Something that was possible is now refused.</summary>
    Narrows = 2,
}

/// <summary>One difference between two catalogs.</summary>
/// <param name="Effect">What it does to authority.</param>
/// <param name="Text">What it is, in words, on one line.</param>
public sealed record CatalogDifference(DifferenceEffect Effect, string Text)
{
    /// <summary>The text, and the effect where there is one.</summary>
    public override string ToString() => Effect switch
    {
        DifferenceEffect.Widens => $"{Text} (widens)",
        DifferenceEffect.Narrows => $"{Text} (narrows)",
        _ => Text,
    };
}
