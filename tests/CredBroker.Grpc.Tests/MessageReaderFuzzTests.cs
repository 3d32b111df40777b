using System.Buffers;
using System.IO.Pipelines;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Protocol;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;

namespace Grpc.Tests;

/// <summary>The reader of messages against streams that are good, broken or both, in pieces of any size.</summary>
public sealed class MessageReaderFuzzTests
{
    private static readonly Marshaller<EchoRequest> Requests = Marshallers.Create(request => request.ToByteArray(), EchoRequest.Parser.ParseFrom);

    [Fact]
    public void Any_bytes_are_messages_an_end_or_a_refusal_and_the_same_however_they_are_cut()
    {
        var cases = Gen.Zip(Streams(), Gen.Zip(Gen.Choose(1, 40), Gen.Choose(0, 200))).ToArbitrary();
        Prop.ForAll(cases, item =>
        {
            var (bytes, (piece, limit)) = item;
            var whole = Read(bytes, Math.Max(bytes.Length, 1), limit, endsWithLast: true);
            Assert.Equal(whole, Read(bytes, piece, limit, endsWithLast: false));
            Assert.Contains(whole[^1], new[] { "end", "Internal", "ResourceExhausted" });
        }).Check(Fuzz.Inputs);
    }

    /// <summary>Frames of every kind behind each other; in every other stream one bit is turned.</summary>
    private static Gen<byte[]> Streams()
    {
        var payloads = ArbMap.Default.GeneratorFor<byte[]>().Where(bytes => bytes is not null);
        var messages = payloads.Select(bytes => new EchoRequest { Payload = ByteString.CopyFrom(bytes), Count = bytes.Length }.ToByteArray());
        var frames = Gen.OneOf(
            messages.Select(bytes => RawCall.Frame(bytes)),
            messages.Select(bytes => RawCall.Frame(MessageEncoding.Gzip.Compress(bytes, System.IO.Compression.CompressionLevel.Fastest).ToArray(), flag: 1)),
            payloads.Select(bytes => RawCall.Frame(bytes)),
            Gen.Zip(payloads, Gen.Choose(-2, 300)).Select(lie => RawCall.Frame(lie.Item1, length: lie.Item2)),
            payloads);
        return Gen.Zip(frames.ListOf().Resize(4), Gen.Choose(0, 20_000)).Select(item =>
        {
            var (list, turn) = item;
            byte[] bytes = [.. list.SelectMany(frame => frame)];
            if (turn % 2 == 0 && bytes.Length > 0) bytes[turn / 16 % bytes.Length] ^= (byte)(1 << (turn / 2 % 8));
            return bytes;
        });
    }

    /// <summary>The messages as text, and how it ended.</summary>
    private static List<string> Read(byte[] bytes, int piece, int limit, bool endsWithLast)
    {
        var pipe = new Pipe();
        var reader = new MessageReader<EchoRequest>(pipe.Reader, Requests, MessageEncoding.Gzip, limit);
        var seen = new List<string>();
        for (var at = 0; ; at += piece)
        {
            if (at < bytes.Length)
            {
                pipe.Writer.Write(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)));
                Assert.True(pipe.Writer.FlushAsync().AsTask().IsCompletedSuccessfully);
            }

            if (at >= bytes.Length || (endsWithLast && at + piece >= bytes.Length)) pipe.Writer.Complete();
            while (reader.TryRead(out var outcome))
            {
                if (outcome is ReadOutcome.Message)
                {
                    seen.Add($"{reader.Current}");
                    continue;
                }

                seen.Add(outcome is ReadOutcome.End ? "end" : $"{reader.Failure.StatusCode}");
                return seen;
            }
        }
    }
}
