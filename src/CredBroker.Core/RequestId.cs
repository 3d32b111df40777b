using System.Diagnostics.CodeAnalysis;

namespace CredBroker.Core;

/// <summary>Chosen by the caller: a mutating request with the same id and content is the same request.</summary>
/// <remarks>Text: 36 lower-case characters (RFC 9562 section 4). The default value, the nil UUID, names nothing and is refused.</remarks>
public readonly record struct RequestId
{
    private RequestId(Guid value) => Value = value;

    /// <summary>The UUID, as the database keeps it.</summary>
    public Guid Value { get; }

    /// <summary>True for <c>default</c>, which names nothing.</summary>
    public bool IsNone => Value == Guid.Empty;

    /// <summary>The id that the database keeps.</summary>
    /// <exception cref="ArgumentException">The nil UUID: it was never stored.</exception>
    public static RequestId Of(Guid value) =>
        value == Guid.Empty ? throw new ArgumentException("The nil UUID names nothing.", nameof(value)) : new(value);

    /// <summary>Reads the canonical text: one id has one spelling.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out RequestId id)
    {
        id = default;
        if (!CanonicalUuid.TryParse(text, out var value)) return false;
        id = new(value);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("D");
}
