using System.Buffers;
using System.Buffers.Binary;

namespace Grpc.Protocol;

/// <summary>What stands at the head of a buffer.</summary>
internal enum FrameState
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>A whole message.</summary>
    Message,

    /// <summary>The length is over the limit; the payload was not waited for.</summary>
    TooLarge,

    /// <summary>The flag byte is neither 0 nor 1.</summary>
    BadFlag,
}

/// <summary>Length-prefixed messages: a flag byte, four bytes of length, the payload. Source: grpc/doc/PROTOCOL-HTTP2.md.</summary>
internal static class Frame
{
    public const int HeaderSize = 5;

    /// <summary>Takes one frame off the head of the buffer; on any other answer than Message the buffer is as it was.</summary>
    public static FrameState TryRead(
        ref ReadOnlySequence<byte> buffer, int? maxSize, out bool isCompressed, out ReadOnlySequence<byte> payload)
    {
        isCompressed = false;
        payload = default;
        if (buffer.Length < HeaderSize) return FrameState.Incomplete;

        Span<byte> header = stackalloc byte[HeaderSize];
        buffer.Slice(0, HeaderSize).CopyTo(header);
        if (header[0] > 1) return FrameState.BadFlag;

        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > (uint)(maxSize ?? int.MaxValue)) return FrameState.TooLarge;
        if (buffer.Length - HeaderSize < length) return FrameState.Incomplete;

        isCompressed = header[0] == 1;
        payload = buffer.Slice(HeaderSize, length);
        buffer = buffer.Slice(payload.End);
        return FrameState.Message;
    }

    public static void WriteHeader(IBufferWriter<byte> output, int length, bool isCompressed)
    {
        var header = output.GetSpan(HeaderSize);
        header[0] = isCompressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)length);
        output.Advance(HeaderSize);
    }
}
