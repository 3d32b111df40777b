using Grpc.Core;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.Tests.Probes;

/// <summary>Clients that ask for much and take nothing, or send more than they may.</summary>
public sealed class WindowTests
{
    private const string Repeat = "/echo.Echo/Repeat";

    /// <summary>More than any buffer between the handler and the client holds.</summary>
    private static readonly byte[] Much = RawCall.Frame(new EchoRequest { Count = 1000, Padding = 100_000 });

    [Fact]
    public async Task A_stream_without_a_window_is_reset_at_its_deadline_and_its_connection_goes_on()
    {
        await using var server = await PatientAsync();
        await using var connection = await RawConnection.OpenAsync(server.Http2, window: 0);
        var answer = await connection.CallAsync(Repeat, Much, ("grpc-timeout", "1S"));
        Assert.Equal((Http2Error.Cancel, 0), (answer.Reset, answer.Body.Length));

        await connection.SendAsync(RawFrame.Settings((Http2Setting.InitialWindowSize, RawConnection.WholeWindow)));
        Assert.Equal(StatusCode.OK, (await connection.CallAsync(Repeat, RawCall.Frame(new EchoRequest { Count = 2 }))).Status);
        await Aftermath.IsWellAsync(server);
    }

    [Fact]
    public async Task A_stream_without_a_window_is_reset_when_the_server_stops()
    {
        await using var server = await PatientAsync();
        var connection = await RawConnection.OpenAsync(server.Http2, window: 0);
        await using (connection)
        {
            await connection.SendAsync(RawFrame.Headers(1, RawConnection.CallHeaders(Repeat)), RawFrame.Data(1, Much));
            await HeadersOfAsync(connection);
            var stopping = server.StopAsync();
            Assert.Equal(Http2Error.Cancel, (await connection.AnswerAsync(1)).Reset);

            // As every client does after GOAWAY; Kestrel waits for it.
            await connection.DisposeAsync();
            await stopping;
        }

        Assert.DoesNotContain(server.Lines.All, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reader_that_is_only_slow_gets_the_status_of_a_stopping_server_behind_its_messages()
    {
        await using var server = await PatientAsync(services => services.AddSingleton<TimeProvider>(new StoppedClock()));
        await using var connection = await RawConnection.OpenAsync(server.Http2, window: 0);
        await connection.SendAsync(RawFrame.Headers(1, RawConnection.CallHeaders(Repeat)), RawFrame.Data(1, Much));
        await HeadersOfAsync(connection);
        var stopping = server.StopAsync();
        await Eventually.HoldsAsync(() => server.Services.GetRequiredService<TimeProvider>() is StoppedClock { Timers: > 0 }, "the server waits for the reader");
        await connection.SendAsync(RawFrame.WindowUpdate(1, RawConnection.WholeWindow));

        var answer = await connection.AnswerAsync(1);
        Assert.Equal((StatusCode.Unavailable, null), (answer.Status, answer.Reset));
        Assert.InRange(answer.Body.Length, 1, int.MaxValue);
        await connection.DisposeAsync();
        await stopping;
    }

    [Fact]
    public async Task Streams_without_a_window_do_not_hold_up_others_and_end_when_they_are_reset()
    {
        await using var server = await PatientAsync();
        await using var connection = await RawConnection.OpenAsync(server.Http2, window: 0);
        var stalled = Enumerable.Range(0, 50).Select(_ => connection.NextStream()).ToList();
        foreach (var stream in stalled)
            await connection.SendAsync(RawFrame.Headers(stream, RawConnection.CallHeaders(Repeat)), RawFrame.Data(stream, Much));
        await Eventually.HoldsAsync(() => server.Log.Live.Count == stalled.Count, "all streams began");

        var other = connection.NextStream();
        await connection.SendAsync(
            RawFrame.Headers(other, RawConnection.CallHeaders("/echo.Echo/Say")),
            RawFrame.WindowUpdate(other, 1000),
            RawFrame.Message(other, new EchoRequest { Text = "hello" }));
        Assert.Equal(StatusCode.OK, (await connection.AnswerAsync(other)).Status);

        foreach (var stream in stalled) await connection.SendAsync(RawFrame.Reset(stream));
        await Aftermath.IsWellAsync(server);
        Assert.All(server.Log.Entries, entry => Assert.Equal("cancelled, token set", entry));
    }

    [Fact]
    public async Task A_client_that_takes_too_little_for_too_long_is_cut()
    {
        await using var server = await TestServer.StartAsync(limits: limits => limits.MinResponseDataRate = new MinDataRate(240, TimeSpan.FromSeconds(1.1)));
        await using var connection = await RawConnection.OpenAsync(server.Http2, window: 0);
        await connection.SendAsync(RawFrame.Headers(1, RawConnection.CallHeaders(Repeat)), RawFrame.Data(1, Much));
        await connection.CutAsync();
        Assert.True(connection.IsCut);
        await Aftermath.IsWellAsync(server);
    }

    [Fact]
    public async Task A_client_that_never_reads_its_socket_has_its_handler_no_longer_than_its_deadline()
    {
        // Kestrel cuts it late: at 240 bytes a second the buffers of the system last for hours, and no PING comes through.
        await using var server = await PatientAsync();
        await using var connection = await RawConnection.OpenAsync(server.Http2);
        var headers = RawConnection.CallHeaders(Repeat, ("grpc-timeout", "1S"));
        await connection.SendAsync(RawFrame.Headers(1, headers), RawFrame.Data(1, Much));
        await server.Log.WaitForAsync("cancelled, token set");
        await Aftermath.IsWellAsync(server);
    }

    [Fact]
    public async Task A_client_that_sends_beyond_the_window_is_refused()
    {
        await using var server = await PatientAsync();
        await using var connection = await RawConnection.OpenAsync(server.Http2);

        // The handler reads the first message, and then no more.
        await connection.SendAsync(RawFrame.Headers(1, RawConnection.CallHeaders("/echo.Echo/Collect")));
        await connection.SendAsync(RawFrame.Data(1, RawCall.Frame(new EchoRequest { Behaviour = "wait" }), isLast: false));
        await server.Log.WaitForAsync("waiting");
        var reading = connection.AnswerAsync(1);
        var piece = RawFrame.Data(1, new byte[16 * 1024], isLast: false);
        for (var sent = 0; sent < 2 * 1024 * 1024 && !reading.IsCompleted; sent += piece.Payload.Length)
        {
            try
            {
                await connection.SendAsync(piece);
            }
            catch (IOException)
            {
                break;
            }
        }

        var answer = await reading;
        Assert.Equal(Http2Error.FlowControl, answer.Reset ?? connection.GoAway);
        await server.Log.WaitForAsync("cancelled");
        await Aftermath.IsWellAsync(server);
    }

    /// <summary>Kestrel would cut the connection: here it leaves the stream to us.</summary>
    private static Task<TestServer> PatientAsync(Action<IServiceCollection>? services = null) =>
        TestServer.StartAsync(services: services, limits: limits => limits.MinResponseDataRate = null);

    private static async Task HeadersOfAsync(RawConnection connection)
    {
        while (connection.AnswerOn(1).Lines.Count == 0) Assert.NotNull(await connection.ReadAsync());
    }

    /// <summary>Its timers are counted, and never fire.</summary>
    private sealed class StoppedClock : TimeProvider
    {
        private int _timers;

        public int Timers => Volatile.Read(ref _timers);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref _timers);
            return new Timer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
