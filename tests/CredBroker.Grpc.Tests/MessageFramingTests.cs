using System.Buffers;
using System.IO.Compression;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Protocol;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;

namespace Grpc.Tests;

public sealed class MessageFramingTests : IAsyncLifetime
{
    private static readonly byte[] Hello = new EchoRequest { Text = "hello" }.ToByteArray();

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_whole_answer_is_one_frame_and_the_status_behind_it()
    {
        var answer = await RawCall.SayAsync(_server, RawCall.Frame(Hello));
        Assert.Equal(RawCall.Frame(new EchoReply { Text = "hello" }), answer.Body);
        Assert.Equal("0", answer.Trailers["grpc-status"]);
        Assert.DoesNotContain("grpc-status", answer.Headers.Keys);
        Assert.DoesNotContain("grpc-message", answer.Trailers.Keys);
    }

    [Theory]
    [InlineData("malformed protobuf", StatusCode.Internal)]
    [InlineData("bad flag", StatusCode.Internal)]
    [InlineData("nothing", StatusCode.Internal)]
    [InlineData("two messages", StatusCode.Internal)]
    [InlineData("half a header", StatusCode.Internal)]
    [InlineData("half a message", StatusCode.Internal)]
    [InlineData("over the limit", StatusCode.ResourceExhausted)]
    [InlineData("length of 4 GiB", StatusCode.ResourceExhausted)]
    [InlineData("compressed without encoding", StatusCode.Internal)]
    public async Task Broken_framing_is_answered_with_a_status_and_nothing_else(string what, StatusCode expected)
    {
        var body = what switch
        {
            "malformed protobuf" => RawCall.Frame([0x0a, 0xff, 0xff]),
            "bad flag" => RawCall.Frame(Hello, flag: 2),
            "nothing" => [],
            "two messages" => [.. RawCall.Frame(Hello), .. RawCall.Frame(Hello)],
            "half a header" => [0, 0, 0],
            "half a message" => RawCall.Frame(Hello)[..^1],
            "over the limit" => RawCall.Frame(new byte[4 * 1024 * 1024 + 1]),
            "length of 4 GiB" => RawCall.Frame([], length: -1),
            "compressed without encoding" => RawCall.Frame(Hello, flag: 1),
            _ => throw new ArgumentException(what),
        };
        var answer = await RawCall.SayAsync(_server, body);
        Assert.Equal((expected, true), (answer.Status, answer.IsTrailersOnly));
    }

    [Fact]
    public async Task A_message_of_exactly_the_limit_passes()
    {
        var request = new EchoRequest();
        request.Payload = ByteString.CopyFrom(new byte[4 * 1024 * 1024 - 5]);
        Assert.Equal(4 * 1024 * 1024, request.CalculateSize());
        Assert.Equal(StatusCode.OK, (await RawCall.SayAsync(_server, RawCall.Frame(request))).Status);
    }

    [Fact]
    public async Task A_broken_message_in_the_middle_of_a_client_stream_ends_it()
    {
        byte[] body = [.. RawCall.Frame(Hello), .. RawCall.Frame([0x0a, 0xff]), .. RawCall.Frame(Hello)];
        Assert.Equal(StatusCode.Internal, (await RawCall.PostAsync(_server.Http2, "/echo.Echo/Collect", body)).Status);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Compressed_requests_are_read(string encoding)
    {
        var answer = await RawCall.SayAsync(_server, RawCall.Frame(Compressed(encoding, Hello), flag: 1), ("grpc-encoding", encoding));
        Assert.Equal(RawCall.Frame(new EchoReply { Text = "hello" }), answer.Body);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("identity")]
    public async Task An_encoding_may_be_named_and_not_used(string encoding)
    {
        var answer = await RawCall.SayAsync(_server, RawCall.Frame(Hello), ("grpc-encoding", encoding));
        Assert.Equal(StatusCode.OK, answer.Status);
    }

    [Fact]
    public async Task An_unknown_encoding_is_unimplemented_and_the_known_ones_are_named()
    {
        var answer = await RawCall.SayAsync(_server, RawCall.Frame(Hello, flag: 1), ("grpc-encoding", "br"));
        Assert.Equal(StatusCode.Unimplemented, answer.Status);
        Assert.Equal("identity,gzip,deflate", answer.Headers["grpc-accept-encoding"]);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task A_bomb_is_stopped_at_the_limit(string encoding)
    {
        var bomb = Compressed(encoding, new byte[40 * 1024 * 1024]);
        Assert.InRange(bomb.Length, 1, 100_000);
        var answer = await RawCall.SayAsync(_server, RawCall.Frame(bomb, flag: 1), ("grpc-encoding", encoding));
        Assert.Equal(StatusCode.ResourceExhausted, answer.Status);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.IsType<Inflated.TooLarge>(MessageEncoding.Find(encoding)!.Inflate(new ReadOnlySequence<byte>(bomb), 1024 * 1024));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * 1024 * 1024);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Damaged_compression_is_internal_wherever_it_is_cut(string encoding)
    {
        var whole = Compressed(encoding, Hello);
        for (var length = 0; length < whole.Length; length++)
        {
            var answer = await RawCall.SayAsync(_server, RawCall.Frame(whole[..length], flag: 1), ("grpc-encoding", encoding));
            Assert.Equal((length, StatusCode.Internal), (length, answer.Status));
        }
    }

    [Fact]
    public async Task Our_client_compresses_requests_when_asked_to()
    {
        using var channel = _server.Channel();
        using var call = new Echo.Echo.EchoClient(channel).Collect(new Metadata { { "grpc-internal-encoding-request", "gzip" } });
        for (var i = 0; i < 10; i++) await call.RequestStream.WriteAsync(new EchoRequest { Text = "x", Payload = ByteString.CopyFrom(new byte[10_000]) });
        await call.RequestStream.CompleteAsync();
        Assert.Equal(10, (await call).Number);
    }

    [Theory]
    [InlineData("gzip", "identity,gzip", "gzip")]
    [InlineData("deflate", "gzip, deflate", "deflate")]
    [InlineData("gzip", "identity", null)]
    [InlineData("gzip", "", null)]
    [InlineData(null, "gzip", null)]
    public async Task Single_responses_are_compressed_when_set_and_accepted(string? algorithm, string accepted, string? used)
    {
        await using var server = await TestServer.StartAsync(options => options.ResponseCompressionAlgorithm = algorithm);
        var body = RawCall.Frame(new EchoRequest { Padding = 10_000 });
        var answer = await RawCall.SayAsync(server, body, ("grpc-accept-encoding", accepted));
        Assert.Equal(used, answer.Headers.GetValueOrDefault("grpc-encoding"));
        Assert.Equal((StatusCode.OK, used is not null), (answer.Status, answer.Body.Length < 1000));
        Assert.Equal(used is null ? 0 : 1, answer.Body[0]);
    }

    [Fact]
    public async Task An_empty_response_is_not_compressed()
    {
        await using var server = await TestServer.StartAsync(options => options.ResponseCompressionAlgorithm = "gzip");
        var answer = await RawCall.SayAsync(server, RawCall.Frame([]), ("grpc-accept-encoding", "gzip"));
        Assert.Equal(new byte[5], answer.Body);
    }

    [Fact]
    public async Task Compressed_responses_are_read_by_our_client_and_streams_are_never_compressed()
    {
        await using var server = await TestServer.StartAsync(options => options.ResponseCompressionAlgorithm = "gzip");
        using var channel = server.Channel();
        var client = new Echo.Echo.EchoClient(channel);
        Assert.Equal(10_000, (await client.SayAsync(new EchoRequest { Padding = 10_000 })).Payload.Length);

        var stream = await RawCall.PostAsync(
            server.Http2, "/echo.Echo/Repeat", RawCall.Frame(new EchoRequest { Count = 1 }), ("grpc-accept-encoding", "gzip"));
        Assert.DoesNotContain("grpc-encoding", stream.Headers.Keys);
        Assert.Equal(0, stream.Body[0]);
    }

    private static byte[] Compressed(string encoding, byte[] message)
    {
        using var output = new MemoryStream();
        using (Stream stream = encoding == "gzip" ? new GZipStream(output, CompressionLevel.Optimal) : new ZLibStream(output, CompressionLevel.Optimal))
            stream.Write(message);
        return output.ToArray();
    }
}
