using System.Collections.Immutable;

namespace CredBroker.Core.Capabilities;

/// <summary>What the catalog allows one workload: any number of capabilities, none included, which allows nothing.</summary>
/// <param name="Capabilities">The capabilities, in the catalog's order.</param>
public sealed record AllowList(ImmutableArray<Capability> Capabilities)
{
    /// <summary>Allows nothing.</summary>
    public static AllowList Nothing { get; } = new([]);

    /// <summary>Whether one member contains it; see <see cref="Containment.Cover"/>: a union is not searched.</summary>
    public Coverage Cover(Capability asked) => Containment.Cover(Capabilities.AsSpan(), asked);

    /// <summary>Equal when the capabilities are, in the same order.</summary>
    public bool Equals(AllowList? other) => other is not null && Capabilities.AsSpan().SequenceEqual(other.Capabilities.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Capabilities.Length;
}
