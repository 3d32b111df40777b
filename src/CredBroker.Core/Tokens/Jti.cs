using System.Diagnostics.CodeAnalysis;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Tokens;

/// <summary>Names a token (RFC 7519 section 4.1.7).</summary>
/// <remarks>
/// UUID version 8 (RFC 9562 section 5.8): the 48 bits of time of its task's id, then SHA-256(task id || request id). So a mint that
/// is asked again has the same id, the primary key makes sure that it happened once, and a task's tokens lie in one partition.
/// Text: 36 lower-case characters. The default value, the nil UUID, names nothing and is refused.
/// </remarks>
public readonly record struct Jti
{
    private const int Size = 16;

    private Jti(Guid value) => Value = value;

    /// <summary>The UUID, as the database keeps it.</summary>
    public Guid Value { get; }

    /// <summary>True for <c>default</c>, which names nothing.</summary>
    public bool IsNone => Value == Guid.Empty;

    /// <summary>The id of the token that one request mints under one task.</summary>
    /// <exception cref="ArgumentException">A default id.</exception>
    public static Jti Derive(TaskId task, RequestId request)
    {
        if (task.IsNone || request.IsNone) throw new ArgumentException("A token needs a task and a request.");
        Span<byte> both = stackalloc byte[2 * Size];
        task.Value.TryWriteBytes(both, bigEndian: true, out _);
        request.Value.TryWriteBytes(both[Size..], bigEndian: true, out _);
        return new(DerivedUuid.Of(task.Value, both));
    }

    /// <summary>The id that the database keeps.</summary>
    /// <exception cref="ArgumentException">The nil UUID: it was never stored.</exception>
    public static Jti Of(Guid value) =>
        value == Guid.Empty ? throw new ArgumentException("The nil UUID names nothing.", nameof(value)) : new(value);

    /// <summary>Reads the canonical text: one id has one spelling.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Jti id)
    {
        id = default;
        if (!CanonicalUuid.TryParse(text, out var value)) return false;
        id = new(value);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("D");
}
