using System.Buffers;

namespace Grpc.Tests.Serving;

/// <summary>Cuts bytes into a sequence of pieces.</summary>
internal sealed class Segments : ReadOnlySequenceSegment<byte>
{
    public static ReadOnlySequence<byte> Of(ReadOnlyMemory<byte> bytes, int piece)
    {
        if (bytes.Length <= piece) return new ReadOnlySequence<byte>(bytes);

        var first = new Segments { Memory = bytes[..piece] };
        var last = first;
        for (var at = piece; at < bytes.Length; at += piece)
        {
            var next = new Segments { Memory = bytes[at..Math.Min(at + piece, bytes.Length)], RunningIndex = at };
            last.Next = next;
            last = next;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }
}
