using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace CredBroker.Core.Capabilities;

/// <summary>The most that a task may ever ask for: 1 to <see cref="MaxCapabilities"/> capabilities.</summary>
public sealed record Envelope
{
    /// <summary>Most capabilities to an envelope.</summary>
    public const int MaxCapabilities = 64;

    private Envelope(ImmutableArray<Capability> capabilities) => Capabilities = capabilities;

    /// <summary>The capabilities, in the order given.</summary>
    public ImmutableArray<Capability> Capabilities { get; }

    /// <summary>False for none, for more than <see cref="MaxCapabilities"/>, or for the same capability twice.</summary>
    public static bool TryCreate(IReadOnlyCollection<Capability> capabilities, [NotNullWhen(true)] out Envelope? envelope)
    {
        envelope = null;
        if (capabilities.Count is 0 or > MaxCapabilities) return false;
        if (new HashSet<Capability>(capabilities).Count != capabilities.Count) return false;
        envelope = new([.. capabilities]);
        return true;
    }

    /// <summary>Whether one member contains it; see <see cref="Containment.Cover"/>: a union is not searched.</summary>
    public Coverage Cover(Capability asked) => Containment.Cover(Capabilities.AsSpan(), asked);

    /// <summary>Why it is not within the envelope, or null.</summary>
    public Reason? Refuse(Capability asked) => Cover(asked) switch
    {
        Coverage.Covered => null,
        Coverage.OtherAction => Reason.ActionOutsideEnvelope,
        Coverage.OtherResource => Reason.ResourceOutsideEnvelope,
        Coverage.OtherParameters => Reason.ParameterOutsideEnvelope,
        _ => throw new UnreachableException(),
    };

    /// <summary>True when one member contains it.</summary>
    public bool Covers(Capability asked) => Cover(asked) == Coverage.Covered;

    /// <summary>Equal when the capabilities are, in the same order.</summary>
    public bool Equals(Envelope? other) => other is not null && Capabilities.AsSpan().SequenceEqual(other.Capabilities.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Capabilities.Length, Capabilities[0]);
}
