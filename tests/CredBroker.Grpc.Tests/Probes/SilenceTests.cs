using Grpc.Core;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Grpc.Tests.Probes;

/// <summary>Clients that begin something and then say no more are cut when their time is over, and so is what they began.</summary>
public sealed class SilenceTests
{
    private static readonly byte[] Say = RawConnection.CallHeaders("/echo.Echo/Say");
    private static readonly byte[] Hello = RawCall.Frame(new EchoRequest { Text = "hello" });

    [Fact]
    public async Task Connections_that_fall_silent_before_a_call_are_cut()
    {
        var settings = RawFrame.Settings().Bytes().ToArray();
        var headers = RawFrame.Headers(1, Say, FrameFlags.None).Bytes().ToArray();
        var beginnings = new Dictionary<string, byte[]>
        {
            ["nothing at all"] = [],
            ["half a preface"] = RawConnection.Preface[..10],
            ["a preface"] = RawConnection.Preface,
            ["a preface and half a frame"] = [.. RawConnection.Preface, .. settings[..5]],
            ["a preface and settings"] = [.. RawConnection.Preface, .. settings],
            ["headers without their end"] = [.. RawConnection.Preface, .. settings, .. headers],
            ["half a frame of headers"] = [.. RawConnection.Preface, .. settings, .. headers[..30]],
            ["half a request line"] = "POST /echo.Echo/Sa"u8.ToArray(),
        };

        await using var server = await ImpatientAsync();
        await Task.WhenAll(beginnings.Select(async beginning =>
        {
            await using var connection = await RawConnection.ConnectAsync(server.Http2, acknowledges: false);
            await connection.SendBytesAsync(beginning.Value);
            var cut = await Record.ExceptionAsync(connection.CutAsync);
            Assert.True(cut is null && connection.IsCut, $"still open after {beginning.Key}");
        }));
        await Aftermath.IsWellAsync(server);
    }

    [Fact]
    public async Task Headers_that_never_end_are_cut_however_much_is_sent()
    {
        // Frames without content: nothing grows that a limit of size could stop.
        await using var server = await ImpatientAsync();
        await using var connection = await RawConnection.OpenAsync(server.Http2, acknowledges: false);
        await connection.SendAsync(RawFrame.Headers(1, Say, FrameFlags.None));
        var empty = new RawFrame(FrameType.Continuation, FrameFlags.None, 1, default);
        var cut = connection.CutAsync();
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (!cut.IsFaulted)
            {
                await connection.SendAsync(empty);
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
            }
        });
        await cut;
        Assert.Contains(server.Lines.All, line => line.Contains("Reading the request headers timed out", StringComparison.Ordinal));
        await Aftermath.IsWellAsync(server);
    }

    [Fact]
    public async Task A_single_request_that_stops_in_the_middle_is_ended()
    {
        await using var server = await ImpatientAsync();
        await using var connection = await RawConnection.OpenAsync(server.Http2);
        await connection.SendAsync(RawFrame.Headers(1, Say), RawFrame.Data(1, Hello.AsMemory(0, 7), isLast: false));
        await connection.AnswerAsync(1);
        Assert.True(connection.IsCut || connection.AnswerOn(1).IsEnded);
        await Aftermath.IsWellAsync(server);
    }

    [Fact]
    public async Task A_silent_client_that_answers_no_ping_is_cut_and_its_streams_end()
    {
        await using var server = await ImpatientAsync();
        await using var connection = await RawConnection.OpenAsync(server.Http2, acknowledges: false);
        await connection.SendAsync(RawFrame.Headers(1, RawConnection.CallHeaders("/echo.Echo/Chat")));
        await Eventually.HoldsAsync(() => server.Log.Live.Count == 1, "the call began");

        await connection.CutAsync();
        Assert.True(connection.IsCut);
        await Aftermath.IsWellAsync(server);
    }

    [Fact]
    public async Task A_silent_client_that_answers_pings_keeps_its_stream()
    {
        await using var server = await ImpatientAsync();
        await using var connection = await RawConnection.OpenAsync(server.Http2);
        await connection.SendAsync(RawFrame.Headers(1, RawConnection.CallHeaders("/echo.Echo/Chat")));
        for (var pings = 0; pings < 2;)
        {
            var frame = await connection.ReadAsync();
            Assert.NotNull(frame);
            if (frame is { Type: FrameType.Ping } ping && !ping.Has(FrameFlags.Ack)) pings++;
        }

        await connection.SendAsync(RawFrame.Data(1, Hello));
        Assert.Equal(StatusCode.OK, (await connection.AnswerAsync(1)).Status);
    }

    /// <summary>All patience of the server as short as Kestrel takes it.</summary>
    private static Task<TestServer> ImpatientAsync()
    {
        var second = TimeSpan.FromSeconds(1);
        return TestServer.StartAsync(limits: limits =>
        {
            limits.KeepAliveTimeout = second;
            limits.RequestHeadersTimeout = second;
            limits.MinRequestBodyDataRate = new MinDataRate(240, 1.1 * second);
            limits.Http2.KeepAlivePingDelay = second;
            limits.Http2.KeepAlivePingTimeout = second;
        });
    }
}
