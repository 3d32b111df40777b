using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a serializer puts one message. Used by one thread, for one message, and not kept.</summary>
public abstract class SerializationContext
{
    /// <summary>Ends with the whole message.</summary>
    public virtual void Complete(byte[] payload) => throw new NotSupportedException();

    /// <summary>The buffer to write to; end with <see cref="Complete()"/>.</summary>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotSupportedException();

    /// <summary>Says the exact size in bytes before the buffer is taken.</summary>
    public virtual void SetPayloadLength(int payloadLength)
    {
        // Knowing the length early is an optimization that a context may ignore.
    }

    /// <summary>Ends after the buffer was written.</summary>
    public virtual void Complete() => throw new NotSupportedException();
}

/// <summary>Where a deserializer finds one message. Used by one thread, for one message, and not kept.</summary>
public abstract class DeserializationContext
{
    /// <summary>Size of the message in bytes.</summary>
    public abstract int PayloadLength { get; }

    /// <summary>A copy of the message that the caller may keep.</summary>
    public virtual byte[] PayloadAsNewBuffer() => throw new NotSupportedException();

    /// <summary>The message in the transport's own buffers: valid only until the deserializer returns.</summary>
    public virtual ReadOnlySequence<byte> PayloadAsReadOnlySequence() => new(PayloadAsNewBuffer());
}
