using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace CredBroker.Core.Tasks;

/// <summary>Names a task.</summary>
/// <remarks>Text: 36 lower-case characters (RFC 9562 section 4). The default value, the nil UUID, names nothing and is refused.</remarks>
public readonly record struct TaskId
{
    private TaskId(Guid value) => Value = value;

    /// <summary>The UUID, as the database keeps it.</summary>
    public Guid Value { get; }

    /// <summary>True for <c>default</c>, which names nothing.</summary>
    public bool IsNone => Value == Guid.Empty;

    /// <summary>A new id: UUID version 7, so ids sort by the millisecond in which they were made.</summary>
    public static TaskId New(DateTimeOffset now) => new(Guid.CreateVersion7(now));

    /// <summary>
    /// A new id for a task below another one. It sorts above its parent's, also when both are of one millisecond or the parent's was made
    /// by a clock that is ahead: locks are taken in the order of ids, and that has to be the order of the tree.
    /// </summary>
    public static TaskId NewBelow(TaskId parent, DateTimeOffset now)
    {
        var id = New(now);
        if (id.Value.CompareTo(parent.Value) > 0) return id;
        Span<byte> bytes = stackalloc byte[16];
        parent.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16;
        return New(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds + 1));
    }

    /// <summary>The id that the database keeps.</summary>
    /// <exception cref="ArgumentException">The nil UUID: it was never stored.</exception>
    public static TaskId Of(Guid value) =>
        value == Guid.Empty ? throw new ArgumentException("The nil UUID names nothing.", nameof(value)) : new(value);

    /// <summary>Reads the canonical text: one id has one spelling.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TaskId id)
    {
        id = default;
        if (!CanonicalUuid.TryParse(text, out var value)) return false;
        id = new(value);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("D");
}
