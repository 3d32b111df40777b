using Grpc.Core;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Grpc.Tests.Probes;

/// <summary>Much of what is allowed once: it is borne or cut, and neither memory nor the number of handlers grows with it.</summary>
[Collection(nameof(Alone))]
public sealed class FloodTests : IAsyncLifetime
{
    private const int Frames = 200_000;
    private const long Megabytes = 1024 * 1024;

    private static readonly byte[] Repeat = RawConnection.CallHeaders("/echo.Echo/Repeat");
    private static readonly byte[] Chat = RawConnection.CallHeaders("/echo.Echo/Chat");
    private static readonly byte[] Stay = RawCall.Frame(new EchoRequest { Behaviour = "ignore the token" });

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await TestServer.StartAsync(services: services => services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning)));

    public async ValueTask DisposeAsync()
    {
        _server.Log.Released.TrySetResult();
        await Aftermath.IsWellAsync(_server);
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("PING")]
    [InlineData("SETTINGS")]
    [InlineData("PRIORITY")]
    [InlineData("WINDOW_UPDATE")]
    [InlineData("DATA without content")]
    [InlineData("frames of no known type")]
    public async Task A_flood_of_frames_that_ask_for_little_is_borne(string what)
    {
        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        await connection.SendAsync(RawFrame.Headers(1, Chat));
        var frame = what switch
        {
            "PING" => RawFrame.Ping(),
            "SETTINGS" => RawFrame.Settings((Http2Setting.InitialWindowSize, 1000)),
            "PRIORITY" => new RawFrame(FrameType.Priority, FrameFlags.None, 9, new byte[5]),
            "WINDOW_UPDATE" => RawFrame.WindowUpdate(1, 1),
            "DATA without content" => RawFrame.Data(1, default, isLast: false),
            "frames of no known type" => new RawFrame(FrameType.Unknown, FrameFlags.None, 1, new byte[9]),
            _ => throw new ArgumentException(what),
        };
        // The window has room to grow into.
        if (what == "WINDOW_UPDATE") await connection.SendAsync(RawFrame.Settings((Http2Setting.InitialWindowSize, 1)));
        var flood = await Flood.RunAsync(connection, Frames, (output, _) => frame.WriteTo(output));
        Assert.False(flood.IsCut, $"cut with {connection.GoAway}");
        Assert.InRange(flood.MostMemory, long.MinValue, 8 * Megabytes);

        await connection.SendAsync(RawFrame.Message(1, new EchoRequest { Text = "still here" }));
        Assert.Equal(StatusCode.OK, (await connection.AnswerAsync(1)).Status);
    }

    [Theory]
    [InlineData("HEADERS and RST_STREAM")]
    [InlineData("whole calls and RST_STREAM")]
    [InlineData("streams that the server has to reset")]
    public async Task A_flood_of_streams_that_end_at_once_does_not_pile_up_handlers(string what)
    {
        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        var flood = await Flood.RunAsync(connection, Frames, (output, number) =>
        {
            var stream = 2 * number + 1;
            RawFrame.Headers(stream, Repeat).WriteTo(output);
            if (what == "whole calls and RST_STREAM") RawFrame.Data(stream, Stay).WriteTo(output);
            if (what == "streams that the server has to reset") RawFrame.WindowUpdate(stream, RawConnection.WholeWindow).WriteTo(output);
            else RawFrame.Reset(stream).WriteTo(output);
        });
        Assert.InRange(flood.MostMemory, long.MinValue, 64 * Megabytes);

        // Handlers that never look at their token go on after a reset, and count until they return. Without them the server may keep up.
        Assert.InRange(_server.Log.Live.Most, 0, 2_000);
        Assert.True(flood.IsCut || what != "whole calls and RST_STREAM");
    }

    [Fact]
    public async Task A_flood_of_streams_that_stay_has_no_more_handlers_than_the_limit()
    {
        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        var flood = await Flood.RunAsync(connection, 20_000, (output, number) => RawFrame.Headers(2 * number + 1, Chat).WriteTo(output));
        Assert.InRange(_server.Log.Live.Most, 1, 1_000);
        Assert.InRange(flood.MostMemory, long.MinValue, 64 * Megabytes);
    }

    [Theory]
    [InlineData("many headers")]
    [InlineData("large headers")]
    public async Task A_flood_of_headers_is_refused(string what)
    {
        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        await connection.SendAsync(RawFrame.Headers(1, Repeat, FrameFlags.None));
        var block = Hpack.Encode(("x", new string('y', what == "large headers" ? 16_000 : 1)));
        var flood = await Flood.RunAsync(connection, Frames / 10, (output, _) => new RawFrame(FrameType.Continuation, FrameFlags.None, 1, block).WriteTo(output));
        Assert.True(flood.IsCut);
        Assert.InRange(flood.MostMemory, long.MinValue, 8 * Megabytes);
        Assert.Equal(0, _server.Log.Live.All);
    }

    [Theory]
    [InlineData("PING")]
    [InlineData("SETTINGS")]
    [InlineData("HEADERS and RST_STREAM")]
    public async Task A_flood_whose_answers_nobody_reads_is_not_kept_in_memory(string what)
    {
        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        var flood = await Flood.RunUnreadAsync(connection, 20 * Frames, (output, number) =>
        {
            switch (what)
            {
                case "PING":
                    RawFrame.Ping().WriteTo(output);
                    break;
                case "SETTINGS":
                    RawFrame.Settings().WriteTo(output);
                    break;
                default:
                    RawFrame.Headers(2 * number + 1, Repeat).WriteTo(output);
                    RawFrame.Reset(2 * number + 1).WriteTo(output);
                    break;
            }
        });
        Assert.InRange(flood.MostMemory, long.MinValue, 32 * Megabytes);
    }

    [Fact]
    public async Task Answers_that_nobody_reads_hold_what_a_thousand_of_them_are_and_no_more()
    {
        const int padding = 100_000;
        await using var connection = await RawConnection.OpenAsync(_server.Http2);
        var say = RawConnection.CallHeaders("/echo.Echo/Say");
        var large = RawCall.Frame(new EchoRequest { Padding = padding });
        var flood = await Flood.RunUnreadAsync(connection, 5_000, (output, number) =>
        {
            RawFrame.Headers(2 * number + 1, say).WriteTo(output);
            RawFrame.Data(2 * number + 1, large).WriteTo(output);
        });
        Assert.InRange(flood.MostMemory, long.MinValue, 1_000 * padding * 3L / 2);
    }
}
