using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;
using Grpc.Tests.Serving;

namespace Grpc.Tests.Probes;

/// <summary>One HTTP/2 frame. Nothing is checked: a probe sends what must not be sent. Source: RFC 9113, section 4.1.</summary>
internal readonly record struct RawFrame(FrameType Type, byte Flags, int Stream, ReadOnlyMemory<byte> Payload)
{
    public const int HeaderSize = 9;

    public bool Has(byte flag) => (Flags & flag) != 0;

    public static RawFrame Headers(int stream, ReadOnlyMemory<byte> block, byte flags = FrameFlags.EndHeaders) => new(FrameType.Headers, flags, stream, block);

    public static RawFrame Data(int stream, ReadOnlyMemory<byte> bytes, bool isLast = true) =>
        new(FrameType.Data, isLast ? FrameFlags.EndStream : FrameFlags.None, stream, bytes);

    /// <summary>A whole message as the last DATA of its stream.</summary>
    public static RawFrame Message(int stream, IMessage message) => Data(stream, RawCall.Frame(message));

    public static RawFrame Reset(int stream, Http2Error error = Http2Error.Cancel) => new(FrameType.Reset, FrameFlags.None, stream, Number((int)error));

    public static RawFrame WindowUpdate(int stream, int increment) => new(FrameType.WindowUpdate, FrameFlags.None, stream, Number(increment));

    public static RawFrame Ping(byte flags = FrameFlags.None) => new(FrameType.Ping, flags, 0, new byte[8]);

    public static RawFrame Settings(params ReadOnlySpan<(Http2Setting Name, int Value)> settings)
    {
        var payload = new byte[settings.Length * 6];
        for (var i = 0; i < settings.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(i * 6), (ushort)settings[i].Name);
            BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(i * 6 + 2), settings[i].Value);
        }

        return new RawFrame(FrameType.Settings, FrameFlags.None, 0, payload);
    }

    /// <param name="output">Where to.</param>
    /// <param name="length">What the frame says of its length, if that is not the truth.</param>
    public void WriteTo(IBufferWriter<byte> output, int? length = null)
    {
        var header = output.GetSpan(HeaderSize);
        BinaryPrimitives.WriteUInt32BigEndian(header, (uint)(length ?? Payload.Length) << 8);
        header[3] = (byte)Type;
        header[4] = Flags;
        BinaryPrimitives.WriteInt32BigEndian(header[5..], Stream);
        output.Advance(HeaderSize);
        output.Write(Payload.Span);
    }

    public ReadOnlyMemory<byte> Bytes(int? length = null)
    {
        var output = new ArrayBufferWriter<byte>(HeaderSize + Payload.Length);
        WriteTo(output, length);
        return output.WrittenMemory;
    }

    private static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
