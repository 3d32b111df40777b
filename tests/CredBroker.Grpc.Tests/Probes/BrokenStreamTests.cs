using Grpc.Core;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;

namespace Grpc.Tests.Probes;

/// <summary>Streams that are used out of turn, and messages that are not what they say.</summary>
public sealed class BrokenStreamTests : IAsyncLifetime
{
    private static readonly byte[] Hello = RawCall.Frame(new EchoRequest { Text = "hello" });
    private static readonly byte[] Wait = RawCall.Frame(new EchoRequest { Behaviour = "wait" });
    private static readonly byte[] Say = RawConnection.CallHeaders("/echo.Echo/Say");

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Aftermath.IsWellAsync(_server);
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("DATA before HEADERS", Http2Error.Protocol)]
    [InlineData("RST_STREAM before HEADERS", Http2Error.Protocol)]
    [InlineData("WINDOW_UPDATE before HEADERS", Http2Error.Protocol)]
    [InlineData("HEADERS with a number of the server", Http2Error.Protocol)]
    [InlineData("HEADERS with a lower number", Http2Error.StreamClosed)]
    [InlineData("HEADERS after the end", Http2Error.StreamClosed)]
    [InlineData("DATA after the end", Http2Error.StreamClosed)]
    [InlineData("DATA after RST_STREAM", Http2Error.StreamClosed)]
    [InlineData("HEADERS that are neither first nor last", Http2Error.Protocol)]
    [InlineData("WINDOW_UPDATE by nothing", Http2Error.Protocol)]
    public async Task A_stream_used_out_of_turn_cuts_the_connection_and_cancels_its_calls(string what, object expected)
    {
        RawFrame[] frames = what switch
        {
            "DATA before HEADERS" => [RawFrame.Data(3, Hello)],
            "RST_STREAM before HEADERS" => [RawFrame.Reset(3)],
            "WINDOW_UPDATE before HEADERS" => [RawFrame.WindowUpdate(3, 1)],
            "HEADERS with a number of the server" => [RawFrame.Headers(2, Say)],
            "HEADERS with a lower number" => [RawFrame.Headers(5, Say), RawFrame.Data(5, Hello), RawFrame.Headers(3, Say)],
            "HEADERS after the end" => [RawFrame.Headers(1, Say)],
            "DATA after the end" => [RawFrame.Data(1, Hello)],
            "DATA after RST_STREAM" => [RawFrame.Reset(1), RawFrame.Data(1, Hello)],
            "HEADERS that are neither first nor last" => [RawFrame.Headers(3, Say), RawFrame.Headers(3, Hpack.Encode(("x", "y")))],
            "WINDOW_UPDATE by nothing" => [RawFrame.WindowUpdate(1, 0)],
            _ => throw new ArgumentException(what),
        };

        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        await connection.SendAsync(RawFrame.Headers(1, Say), RawFrame.Data(1, Wait));
        await _server.Log.WaitForAsync("waiting");
        await connection.SendAsync(frames);
        Assert.Equal(expected, await connection.CutAsync());
        await _server.Log.WaitForAsync("cancelled");
    }

    [Fact]
    public async Task A_window_that_overflows_ends_its_stream_and_no_other()
    {
        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        await connection.SendAsync(RawFrame.Headers(1, Say), RawFrame.WindowUpdate(1, RawConnection.WholeWindow));
        Assert.Equal(Http2Error.FlowControl, (await connection.AnswerAsync(1)).Reset);
        await connection.SendAsync(RawFrame.Headers(3, Say), RawFrame.Data(3, Hello));
        Assert.Equal(StatusCode.OK, (await connection.AnswerAsync(3)).Status);
    }

    [Theory]
    [InlineData("less", 5)]
    [InlineData("more", 500)]
    public async Task A_content_length_that_lies_resets_the_stream(string than, int length)
    {
        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        var stream = connection.NextStream();
        await connection.SendAsync(
            RawFrame.Headers(stream, RawConnection.CallHeaders("/echo.Echo/Say", ("content-length", $"{length}"))), RawFrame.Data(stream, Hello));
        var answer = await connection.AnswerAsync(stream);
        Assert.True(answer.Reset is Http2Error.Protocol, $"{length} is {than} than was sent: {answer.Reset}");
        Assert.Equal(StatusCode.OK, (await connection.CallAsync("/echo.Echo/Say", Hello)).Status);
    }

    [Theory]
    [InlineData("a flag of 2", StatusCode.Internal)]
    [InlineData("a flag of 255", StatusCode.Internal)]
    [InlineData("a length of 4 GiB", StatusCode.ResourceExhausted)]
    [InlineData("a length of one more than the limit", StatusCode.ResourceExhausted)]
    public async Task A_message_that_cannot_be_good_is_answered_before_it_ends(string what, StatusCode expected)
    {
        var message = what switch
        {
            "a flag of 2" => RawCall.Frame(Hello, flag: 2),
            "a flag of 255" => RawCall.Frame(Hello, flag: 255),
            "a length of 4 GiB" => RawCall.Frame([], length: -1),
            "a length of one more than the limit" => RawCall.Frame([], length: 4 * 1024 * 1024 + 1),
            _ => throw new ArgumentException(what),
        };
        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        foreach (var path in new[] { "/echo.Echo/Say", "/echo.Echo/Chat" })
        {
            var stream = connection.NextStream();
            await connection.SendAsync(RawFrame.Headers(stream, RawConnection.CallHeaders(path)), RawFrame.Data(stream, message, isLast: false));
            Assert.Equal(expected, (await connection.AnswerAsync(stream)).Status);
        }
    }

    [Theory]
    [InlineData("/echo.Echo/Say")]
    [InlineData("/echo.Echo/Chat")]
    public async Task A_message_shorter_than_it_says_is_internal(string path)
    {
        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        Assert.Equal(StatusCode.Internal, (await connection.CallAsync(path, Hello.AsMemory(0, Hello.Length - 1))).Status);
        Assert.Equal(StatusCode.Internal, (await connection.CallAsync(path, Hello.AsMemory(0, 3))).Status);
        Assert.Equal(StatusCode.OK, (await connection.CallAsync(path, Hello)).Status);
    }

    [Fact]
    public async Task A_request_may_end_in_headers_with_or_without_trailers()
    {
        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        await connection.SendAsync(
            RawFrame.Headers(1, Say),
            RawFrame.Data(1, Hello, isLast: false),
            RawFrame.Headers(1, Hpack.Encode(("x", "y")), FrameFlags.EndHeaders | FrameFlags.EndStream));
        Assert.Equal(StatusCode.OK, (await connection.AnswerAsync(1)).Status);
        await connection.SendAsync(RawFrame.Headers(3, Say, FrameFlags.EndHeaders | FrameFlags.EndStream));
        Assert.Equal((StatusCode.Internal, "No message arrived for a single request."), ((await connection.AnswerAsync(3)).Status, connection.AnswerOn(3).Find("grpc-message")));
    }

    [Fact]
    public async Task A_request_that_never_ends_is_answered_at_its_deadline()
    {
        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        var headers = RawConnection.CallHeaders("/echo.Echo/Say", ("grpc-timeout", "100m"));
        await connection.SendAsync(RawFrame.Headers(1, headers), RawFrame.Data(1, Hello, isLast: false));
        Assert.Equal(StatusCode.DeadlineExceeded, (await connection.AnswerAsync(1)).Status);
    }

    [Fact]
    public async Task A_client_that_says_goodbye_still_gets_its_answers()
    {
        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        await connection.SendAsync(
            RawFrame.Headers(1, Say), new(FrameType.GoAway, FrameFlags.None, 0, new byte[8]), RawFrame.Data(1, Hello));
        Assert.Equal(StatusCode.OK, (await connection.AnswerAsync(1)).Status);
    }

    [Fact]
    public async Task Streams_beyond_the_limit_are_refused_and_those_within_it_go_on()
    {
        await using var server = await TestServer.StartAsync(limits: limits => limits.Http2.MaxStreamsPerConnection = 10);
        await using var connection = await RawConnection.OpenAsync(server.Http2);
        for (var stream = 1; stream <= 21; stream += 2) await connection.SendAsync(RawFrame.Headers(stream, RawConnection.CallHeaders("/echo.Echo/Chat")));
        Assert.Equal(Http2Error.RefusedStream, (await connection.AnswerAsync(21)).Reset);

        await connection.SendAsync(RawFrame.Data(1, Hello));
        Assert.Equal(StatusCode.OK, (await connection.AnswerAsync(1)).Status);
        await connection.SendAsync(RawFrame.Headers(23, Say), RawFrame.Data(23, Hello));
        Assert.Equal(StatusCode.OK, (await connection.AnswerAsync(23)).Status);
    }
}
