using System.Collections.Immutable;

namespace CredBroker.Core.Catalog;

/// <summary>One way to prove to be a workload: every selector must hold of one piece of evidence.</summary>
/// <param name="Selectors">At least one, each once, sorted by kind, claim and value.</param>
public sealed record SelectorSet(ImmutableArray<Selector> Selectors)
{
    /// <summary>True when the executable must be read and digested to know whether the set holds.</summary>
    public bool NeedsHash => Selectors.Any(s => s.Kind == SelectorKind.UnixSha256);

    /// <summary>Equal when the selectors are.</summary>
    public bool Equals(SelectorSet? other) => other is not null && Selectors.AsSpan().SequenceEqual(other.Selectors.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Selectors.Length, Selectors[0]);

    /// <summary>For people: the selectors, joined by "and".</summary>
    public override string ToString() => string.Join(" and ", Selectors);

    internal static SelectorSet Of(IEnumerable<Selector> selectors) => new(
    [
        .. selectors.Distinct()
            .OrderBy(s => s.Kind).ThenBy(s => s.Claim, StringComparer.Ordinal).ThenBy(s => s.Value, StringComparer.Ordinal),
    ]);
}
