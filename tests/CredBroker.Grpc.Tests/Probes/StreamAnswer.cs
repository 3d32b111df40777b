using System.Buffers;
using Grpc.Core;

namespace Grpc.Tests.Probes;

/// <summary>What the server sent on one stream so far.</summary>
internal sealed class StreamAnswer
{
    private readonly ArrayBufferWriter<byte> _body = new();

    /// <summary>Headers and trailers, in the order in which they came.</summary>
    public List<(string Name, string Value)> Lines { get; } = [];

    public ReadOnlyMemory<byte> Body => _body.WrittenMemory;

    /// <summary>The code of the RST_STREAM; null without one.</summary>
    public Http2Error? Reset { get; private set; }

    /// <summary>True if the server said all that it has to say.</summary>
    public bool IsEnded { get; private set; }

    public string? HttpStatus => Find(":status");

    public StatusCode? Status => Find("grpc-status") is { } number ? (StatusCode)int.Parse(number) : null;

    public string? Find(string name) => Lines.Where(line => line.Name == name).Select(line => line.Value).LastOrDefault();

    public void Take(in RawFrame frame)
    {
        switch (frame.Type)
        {
            case FrameType.Headers:
                Assert.True(frame.Has(FrameFlags.EndHeaders), "our answers fit one frame");
                Lines.AddRange(Hpack.Decode(frame.Payload.Span));
                break;
            case FrameType.Data:
                _body.Write(frame.Payload.Span);
                break;
            case FrameType.Reset:
                Reset = (Http2Error)System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(frame.Payload.Span);
                IsEnded = true;
                return;
            default:
                return;
        }

        IsEnded |= frame.Has(FrameFlags.EndStream);
    }
}
