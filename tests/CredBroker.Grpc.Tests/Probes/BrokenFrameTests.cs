using Grpc.Core;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;

namespace Grpc.Tests.Probes;

/// <summary>Frames that break RFC 9113: the connection is cut, and told why; what the RFC says to ignore is ignored.</summary>
public sealed class BrokenFrameTests : IAsyncLifetime
{
    private static readonly byte[] Hello = RawCall.Frame(new EchoRequest { Text = "hello" });
    private static readonly byte[] Say = RawConnection.CallHeaders("/echo.Echo/Say");
    private static readonly byte[] Chat = RawConnection.CallHeaders("/echo.Echo/Chat");

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Aftermath.IsWellAsync(_server);
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("DATA above the largest frame", Http2Error.FrameSize)]
    [InlineData("DATA that says 16 MiB", Http2Error.FrameSize)]
    [InlineData("SETTINGS of five bytes", Http2Error.FrameSize)]
    [InlineData("SETTINGS acknowledged with content", Http2Error.FrameSize)]
    [InlineData("SETTINGS on a stream", Http2Error.Protocol)]
    [InlineData("SETTINGS with a window above the largest", Http2Error.FlowControl)]
    [InlineData("SETTINGS with a frame size below the smallest", Http2Error.Protocol)]
    [InlineData("SETTINGS with a switch that is neither on nor off", Http2Error.Protocol)]
    [InlineData("PING of seven bytes", Http2Error.FrameSize)]
    [InlineData("PING on a stream", Http2Error.Protocol)]
    [InlineData("WINDOW_UPDATE of three bytes", Http2Error.FrameSize)]
    [InlineData("WINDOW_UPDATE by nothing", Http2Error.Protocol)]
    [InlineData("WINDOW_UPDATE beyond the largest window", Http2Error.FlowControl)]
    [InlineData("RST_STREAM of five bytes", Http2Error.FrameSize)]
    [InlineData("RST_STREAM of the connection", Http2Error.Protocol)]
    [InlineData("PRIORITY of four bytes", Http2Error.FrameSize)]
    [InlineData("PRIORITY of a stream under itself", Http2Error.Protocol)]
    [InlineData("PUSH_PROMISE from a client", Http2Error.Protocol)]
    [InlineData("CONTINUATION of nothing", Http2Error.Protocol)]
    [InlineData("CONTINUATION of another stream", Http2Error.Protocol)]
    [InlineData("HEADERS interrupted by a PING", Http2Error.Protocol)]
    [InlineData("HEADERS on the connection", Http2Error.Protocol)]
    [InlineData("DATA on the connection", Http2Error.Protocol)]
    [InlineData("DATA padded with more than it holds", Http2Error.Protocol)]
    public async Task A_broken_frame_cuts_the_connection(string what, object expected)
    {
        RawFrame[] frames = what switch
        {
            "DATA above the largest frame" => [RawFrame.Headers(1, Say), RawFrame.Data(1, new byte[16 * 1024 + 1])],
            "DATA that says 16 MiB" => [RawFrame.Headers(1, Say), RawFrame.Data(1, Hello)],
            "SETTINGS of five bytes" => [RawFrame.Settings() with { Payload = new byte[5] }],
            "SETTINGS acknowledged with content" => [RawFrame.Settings((Http2Setting.EnablePush, 0)) with { Flags = FrameFlags.Ack }],
            "SETTINGS on a stream" => [RawFrame.Settings() with { Stream = 1 }],
            "SETTINGS with a window above the largest" => [RawFrame.Settings((Http2Setting.InitialWindowSize, int.MinValue))],
            "SETTINGS with a frame size below the smallest" => [RawFrame.Settings((Http2Setting.MaxFrameSize, 16 * 1024 - 1))],
            "SETTINGS with a switch that is neither on nor off" => [RawFrame.Settings((Http2Setting.EnablePush, 2))],
            "PING of seven bytes" => [RawFrame.Ping() with { Payload = new byte[7] }],
            "PING on a stream" => [RawFrame.Ping() with { Stream = 1 }],
            "WINDOW_UPDATE of three bytes" => [RawFrame.WindowUpdate(0, 1) with { Payload = new byte[3] }],
            "WINDOW_UPDATE by nothing" => [RawFrame.WindowUpdate(0, 0)],
            "WINDOW_UPDATE beyond the largest window" => [RawFrame.WindowUpdate(0, RawConnection.WholeWindow)],
            "RST_STREAM of five bytes" => [RawFrame.Headers(1, Chat), RawFrame.Reset(1) with { Payload = new byte[5] }],
            "RST_STREAM of the connection" => [RawFrame.Reset(0)],
            "PRIORITY of four bytes" => [new(FrameType.Priority, FrameFlags.None, 1, new byte[4])],
            "PRIORITY of a stream under itself" => [new(FrameType.Priority, FrameFlags.None, 1, new byte[] { 0, 0, 0, 1, 0 })],
            "PUSH_PROMISE from a client" => [new(FrameType.PushPromise, FrameFlags.EndHeaders, 1, new byte[4])],
            "CONTINUATION of nothing" => [new(FrameType.Continuation, FrameFlags.EndHeaders, 1, Say)],
            "CONTINUATION of another stream" =>
                [RawFrame.Headers(1, Say, FrameFlags.None), new(FrameType.Continuation, FrameFlags.EndHeaders, 3, Say)],
            "HEADERS interrupted by a PING" => [RawFrame.Headers(1, Say, FrameFlags.None), RawFrame.Ping()],
            "HEADERS on the connection" => [RawFrame.Headers(0, Say)],
            "DATA on the connection" => [RawFrame.Data(0, Hello)],
            "DATA padded with more than it holds" =>
                [RawFrame.Headers(1, Say), new(FrameType.Data, FrameFlags.Padded | FrameFlags.EndStream, 1, new byte[] { 200, 0, 0 })],
            _ => throw new ArgumentException(what),
        };

        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        await connection.SendAsync(frames[..^1]);
        await connection.SendBytesAsync(frames[^1].Bytes(length: what == "DATA that says 16 MiB" ? 0xFFFFFF : null));
        Assert.Equal(expected, await connection.CutAsync());
    }

    [Theory]
    [InlineData("flags that do not exist")]
    [InlineData("the reserved bit of the stream")]
    [InlineData("types that do not exist")]
    [InlineData("settings that do not exist")]
    [InlineData("padding")]
    [InlineData("priorities")]
    [InlineData("one byte in each frame")]
    public async Task What_the_rules_let_pass_or_ignore_does_not_harm_a_call(string what)
    {
        RawFrame[] frames = what switch
        {
            "flags that do not exist" => [RawFrame.Headers(1, Say, 0xd4), RawFrame.Data(1, Hello) with { Flags = 0xf7 }],
            "the reserved bit of the stream" => [RawFrame.Headers(int.MinValue | 1, Say), RawFrame.Data(int.MinValue | 1, Hello)],
            "types that do not exist" =>
            [
                new(FrameType.Unknown, 0xff, 1, new byte[100]), RawFrame.Headers(1, Say), new(FrameType.Unknown, 0xff, 1, new byte[100]), RawFrame.Data(1, Hello),
            ],
            "settings that do not exist" => [RawFrame.Settings(((Http2Setting)0x7777, -1)), RawFrame.Headers(1, Say), RawFrame.Data(1, Hello)],
            "padding" => [RawFrame.Headers(1, Say), new(FrameType.Data, FrameFlags.Padded | FrameFlags.EndStream, 1, (byte[])[3, .. Hello, 0, 0, 0])],
            "priorities" => [new(FrameType.Priority, FrameFlags.None, 1, new byte[] { 0, 0, 0, 3, 255 }), RawFrame.Headers(1, Say), RawFrame.Data(1, Hello)],
            "one byte in each frame" =>
                [RawFrame.Headers(1, Say), .. Hello.Select((one, at) => RawFrame.Data(1, new[] { one }, isLast: at == Hello.Length - 1))],
            _ => throw new ArgumentException(what),
        };

        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        await connection.SendAsync(frames);
        var answer = await connection.AnswerAsync(1);
        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal(RawCall.Frame(new EchoReply { Text = "hello" }), answer.Body.ToArray());
    }

    [Theory]
    [InlineData("the header of a frame", 4)]
    [InlineData("a frame of headers", 30)]
    [InlineData("the end of the headers", 0)]
    [InlineData("a frame of data", -5)]
    [InlineData("a message", -1)]
    public async Task A_connection_that_ends_in_the_middle_is_closed_and_its_call_with_it(string middle, int at)
    {
        var headers = RawFrame.Headers(1, Say).Bytes();
        var data = RawFrame.Data(1, Hello).Bytes();
        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        await connection.SendBytesAsync(at switch
        {
            > 0 => headers[..at],
            0 => headers,
            _ => (byte[])[.. headers.Span, .. data.Span[..^-at]],
        });
        connection.HalfClose();
        await connection.CutAsync();
        Assert.True(connection.IsCut, $"still open though the client ended within {middle}");
        Assert.Equal(0, connection.AnswerOn(1).Body.Length);
    }
}
