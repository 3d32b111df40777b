using System.Diagnostics.CodeAnalysis;

namespace CredBroker.Core.Approvals;

/// <summary>Names one question to approvers, and their answer.</summary>
/// <remarks>Text: 36 lower-case characters (RFC 9562 section 4). The default value, the nil UUID, names nothing and is refused.</remarks>
public readonly record struct ApprovalId
{
    private ApprovalId(Guid value) => Value = value;

    /// <summary>The UUID, as the database keeps it.</summary>
    public Guid Value { get; }

    /// <summary>True for <c>default</c>, which names nothing.</summary>
    public bool IsNone => Value == Guid.Empty;

    /// <summary>A new id: UUID version 7, so ids sort by the millisecond in which they were made.</summary>
    public static ApprovalId New(DateTimeOffset now) => new(Guid.CreateVersion7(now));

    /// <summary>The id that the database keeps.</summary>
    /// <exception cref="ArgumentException">The nil UUID: it was never stored.</exception>
    public static ApprovalId Of(Guid value) =>
        value == Guid.Empty ? throw new ArgumentException("The nil UUID names nothing.", nameof(value)) : new(value);

    /// <summary>Reads the canonical text: one id has one spelling.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ApprovalId id)
    {
        id = default;
        if (!CanonicalUuid.TryParse(text, out var value)) return false;
        id = new(value);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("D");
}
