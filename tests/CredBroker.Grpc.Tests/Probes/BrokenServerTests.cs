using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;

namespace Grpc.Tests.Probes;

/// <summary>Our client against servers that break the rules: a status for every call, and the channel is good for the next one.</summary>
public sealed class BrokenServerTests
{
    private static readonly byte[] Hello = RawCall.Frame(new EchoReply { Text = "hello" });
    private static readonly byte[] Headers = Hpack.Encode((":status", "200"), ("content-type", "application/grpc"));
    private static readonly byte[] Trailers = Hpack.Encode(("grpc-status", "0"));

    [Theory]
    [InlineData("close", StatusCode.Unavailable)]
    [InlineData("half a frame of headers, close", StatusCode.Unavailable)]
    [InlineData("headers, close", StatusCode.Unavailable)]
    [InlineData("half a message, close", StatusCode.Unavailable)]
    [InlineData("a message, close", StatusCode.Unavailable)]
    [InlineData("half a message, trailers", StatusCode.Internal)]
    [InlineData("a message, no trailers", StatusCode.Unknown)]
    [InlineData("headers, no trailers", StatusCode.Unknown)]
    [InlineData("trailers without a status", StatusCode.Unknown)]
    [InlineData("a message of 4 GiB", StatusCode.ResourceExhausted)]
    [InlineData("a message with a flag of 3", StatusCode.Internal)]
    [InlineData("data before headers", StatusCode.Internal)]
    [InlineData("headers without :status", StatusCode.Unavailable)]
    [InlineData("headers that cannot be read", StatusCode.Unavailable)]
    [InlineData("a frame that says 16 MiB", StatusCode.Internal)]
    [InlineData("a push", StatusCode.Internal)]
    [InlineData("RST_STREAM, refused", StatusCode.Unavailable)]
    [InlineData("RST_STREAM, internal", StatusCode.Internal)]
    [InlineData("RST_STREAM, calm", StatusCode.ResourceExhausted)]
    [InlineData("GOAWAY, internal, close", StatusCode.Internal)]
    [InlineData("GOAWAY that disowns the call", StatusCode.Unavailable)]
    [InlineData("HTTP/1.1", StatusCode.Internal)]
    [InlineData("endless headers", StatusCode.Unavailable)]
    public async Task A_broken_answer_is_a_status_and_the_channel_goes_on(string what, StatusCode expected)
    {
        await using var server = new RawServer((connection, stream) => AnswerAsync(what, connection, stream));
        using var channel = GrpcChannel.ForAddress(server.Address);
        var client = new Echo.Echo.EchoClient(channel);
        var failure = await Served.FailureOfAsync(() => client.SayAsync(new EchoRequest(), deadline: Patience()).ResponseAsync);
        Assert.True(expected == failure.StatusCode, $"{failure.Status}");

        server.Answer = RawServer.AnswerWellAsync;
        Assert.Equal("hello", (await client.SayAsync(new EchoRequest(), deadline: Patience())).Text);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up_at_the_deadline()
    {
        await using var server = new RawServer((_, _) => Task.CompletedTask);
        using var channel = GrpcChannel.ForAddress(server.Address);
        var soon = TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(0.3);
        var failure = await Served.FailureOfAsync(() => new Echo.Echo.EchoClient(channel).SayAsync(new EchoRequest(), deadline: soon).ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
    }

    [Fact]
    public async Task A_server_that_grants_no_window_is_given_up_at_the_deadline()
    {
        await using var server = new RawServer((_, _) => Task.CompletedTask);
        using var channel = GrpcChannel.ForAddress(server.Address);
        using var call = new Echo.Echo.EchoClient(channel).Collect(deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(0.5));
        var message = new EchoRequest { Payload = Google.Protobuf.ByteString.CopyFrom(new byte[100_000]) };
        var failure = await Served.FailureOfAsync(async () =>
        {
            while (true) await call.RequestStream.WriteAsync(message);
        });
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
    }

    private static async Task AnswerAsync(string what, RawConnection connection, int stream)
    {
        var headers = RawFrame.Headers(stream, Headers);
        var trailers = RawFrame.Headers(stream, Trailers, FrameFlags.EndHeaders | FrameFlags.EndStream);
        switch (what)
        {
            case "half a frame of headers, close":
                await connection.SendBytesAsync(headers.Bytes()[..12]);
                break;
            case "headers, close":
                await connection.SendAsync(headers);
                break;
            case "half a message, close":
                await connection.SendAsync(headers, RawFrame.Data(stream, Hello.AsMemory(0, 7), isLast: false));
                break;
            case "a message, close":
                await connection.SendAsync(headers, RawFrame.Data(stream, Hello, isLast: false));
                break;
            case "half a message, trailers":
                await connection.SendAsync(headers, RawFrame.Data(stream, Hello.AsMemory(0, 7), isLast: false), trailers);
                return;
            case "a message, no trailers":
                await connection.SendAsync(headers, RawFrame.Data(stream, Hello));
                return;
            case "headers, no trailers":
                await connection.SendAsync(headers with { Flags = FrameFlags.EndHeaders | FrameFlags.EndStream });
                return;
            case "trailers without a status":
                await connection.SendAsync(headers, RawFrame.Data(stream, Hello, isLast: false), trailers with { Payload = Hpack.Encode(("x", "y")) });
                return;
            case "a message of 4 GiB":
                await connection.SendAsync(headers, RawFrame.Data(stream, RawCall.Frame([], length: -1), isLast: false));
                return;
            case "a message with a flag of 3":
                await connection.SendAsync(headers, RawFrame.Data(stream, RawCall.Frame([1], flag: 3), isLast: false));
                return;
            case "data before headers":
                await connection.SendAsync(RawFrame.Data(stream, Hello));
                return;
            case "headers without :status":
                await connection.SendAsync(RawFrame.Headers(stream, Hpack.Encode(("x", "y"))));
                return;
            case "headers that cannot be read":
                await connection.SendAsync(RawFrame.Headers(stream, new byte[] { 0xff, 0xff, 0xff }));
                return;
            case "a frame that says 16 MiB":
                await connection.SendBytesAsync(headers.Bytes(length: 0xFFFFFF));
                return;
            case "a push":
                await connection.SendAsync(new RawFrame(FrameType.PushPromise, FrameFlags.EndHeaders, stream, new byte[] { 0, 0, 0, 2, 0x88 }));
                return;
            case "RST_STREAM, refused" or "RST_STREAM, internal" or "RST_STREAM, calm":
                await connection.SendAsync(RawFrame.Reset(stream, what switch
                {
                    "RST_STREAM, refused" => Http2Error.RefusedStream,
                    "RST_STREAM, calm" => Http2Error.EnhanceYourCalm,
                    _ => Http2Error.Internal,
                }));
                return;
            case "GOAWAY, internal, close":
                await connection.SendAsync(new RawFrame(FrameType.GoAway, FrameFlags.None, 0, new byte[] { 0, 0, 0, (byte)stream, 0, 0, 0, 2 }));
                break;
            case "GOAWAY that disowns the call":
                await connection.SendAsync(new RawFrame(FrameType.GoAway, FrameFlags.None, 0, new byte[8]));
                return;
            case "HTTP/1.1":
                await connection.SendBytesAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
                return;
            case "endless headers":
                await connection.SendAsync(headers with { Flags = FrameFlags.None });
                var block = Hpack.Encode(("x", new string('y', 10_000)));
                while (true) await connection.SendAsync(new RawFrame(FrameType.Continuation, FrameFlags.None, stream, block));
        }

        await connection.DisposeAsync();
    }

    private static DateTime Patience() => TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(60);
}
