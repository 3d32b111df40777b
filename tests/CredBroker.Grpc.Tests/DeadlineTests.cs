using System.Diagnostics;
using Grpc.Core;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;

namespace Grpc.Tests;

public sealed class DeadlineTests : IAsyncLifetime
{
    private Served _served = null!;

    public async ValueTask InitializeAsync()
    {
        _served = await Served.StartAsync();

        // Connected and compiled, so that short deadlines measure what they shall.
        await _served.Client.SayAsync(new EchoRequest());
    }

    public ValueTask DisposeAsync() => _served.DisposeAsync();

    [Fact]
    public async Task The_client_gives_up_at_the_deadline_and_the_handler_is_cancelled()
    {
        var watch = Stopwatch.StartNew();
        var failure = await Served.FailureOfAsync(() => _served.Client.SayAsync(
            new EchoRequest { Behaviour = "wait" }, deadline: In(1)).ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.9, 8);
        await _served.Server.Log.WaitForAsync("cancelled");
    }

    [Theory]
    [InlineData("/echo.Echo/Say")]
    [InlineData("/echo.Echo/Repeat")]
    public async Task The_server_answers_at_the_deadline_though_the_handler_ignores_its_token(string path)
    {
        var body = RawCall.Frame(new EchoRequest { Behaviour = "ignore the token", Count = 0 });
        var answer = await RawCall.PostAsync(_served.Server.Http2, path, body, ("grpc-timeout", "200m"));
        Assert.Equal((StatusCode.DeadlineExceeded, true), (answer.Status, answer.IsTrailersOnly));
        Assert.DoesNotContain("handler returned", _served.Server.Log.Entries);
    }

    [Fact]
    public async Task A_stream_that_already_wrote_gets_its_status_behind_the_messages()
    {
        var body = RawCall.Frame(new EchoRequest { Behaviour = "ignore the token", Count = 2 });
        var answer = await RawCall.PostAsync(_served.Server.Http2, "/echo.Echo/Repeat", body, ("grpc-timeout", "1S"));
        Assert.Equal("4", answer.Trailers["grpc-status"]);
        Assert.Equal(2 * RawCall.Frame(new EchoReply { Number = 1 }).Length - 2, answer.Body.Length);
    }

    [Fact]
    public async Task A_client_that_stops_sending_is_answered_at_the_deadline()
    {
        using var call = _served.Client.Collect(deadline: In(0.3));
        await call.RequestStream.WriteAsync(new EchoRequest());
        Assert.Equal(StatusCode.DeadlineExceeded, (await Served.FailureOfAsync(() => call.ResponseAsync)).StatusCode);
    }

    [Fact]
    public async Task A_deadline_ends_a_write_that_waits_for_a_slow_reader()
    {
        // Nobody reads: the handler is stuck in flow control until the deadline frees it.
        using var call = _served.Client.Repeat(new EchoRequest { Count = 1_000_000, Padding = 100_000 }, deadline: In(1));
        await call.ResponseHeadersAsync;
        await _served.Server.Log.WaitForAsync("cancelled, token set");
    }

    [Fact]
    public async Task A_deadline_that_passed_already_is_not_sent()
    {
        var failure = await Served.FailureOfAsync(() => _served.Client.SayAsync(new EchoRequest { Behaviour = "wait" }, deadline: In(-1)).ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        Assert.Empty(_served.Server.Log.Entries);
    }

    [Theory]
    [InlineData("99999999H")]
    [InlineData("99999999S")]
    public async Task Deadlines_beyond_what_a_timer_takes_are_kept(string timeout)
    {
        var answer = await RawCall.SayAsync(_served.Server, RawCall.Frame(new EchoRequest { Behaviour = "deadline" }), ("grpc-timeout", timeout));
        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.True(DateTime.Parse(answer.Trailers["deadline"]) > TimeProvider.System.GetUtcNow().DateTime.AddYears(3));
    }

    [Fact]
    public async Task The_handler_sees_the_deadline_of_the_client_and_none_without_one()
    {
        var deadline = In(60);
        var with = _served.Client.SayAsync(new EchoRequest { Behaviour = "deadline" }, deadline: deadline);
        await with;
        var seen = DateTime.Parse(with.GetTrailers().GetValue("deadline")!, null, System.Globalization.DateTimeStyles.RoundtripKind);
        Assert.InRange((seen - deadline).TotalSeconds, -1, 5);

        var without = _served.Client.SayAsync(new EchoRequest { Behaviour = "deadline" });
        await without;
        Assert.Equal(DateTime.MaxValue.ToString("O"), without.GetTrailers().GetValue("deadline"));
    }

    [Fact]
    public async Task A_handler_hands_its_deadline_on_to_the_calls_it_makes()
    {
        var deadline = In(60);
        var call = _served.Client.SayAsync(new EchoRequest { Behaviour = "forward", Text = "deadline" }, deadline: deadline);
        await call;
        var seen = DateTime.Parse(call.GetTrailers().GetValue("deadline")!, null, System.Globalization.DateTimeStyles.RoundtripKind);
        Assert.InRange((seen - deadline).TotalSeconds, -1, 5);
    }

    [Fact]
    public void A_deadline_in_local_time_is_a_mistake_of_the_caller() => Assert.Throws<InvalidOperationException>(
        () => { _served.Client.SayAsync(new EchoRequest(), deadline: new DateTime(2040, 1, 1, 0, 0, 0, DateTimeKind.Local)); });

    [Fact]
    public async Task A_thousand_deadlines_are_all_deadline_exceeded()
    {
        var failures = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => Served.FailureOfAsync(
            () => _served.Client.SayAsync(new EchoRequest { Behaviour = "wait" }, deadline: In(0.2 + i % 50 * 0.001)).ResponseAsync)));
        Assert.All(failures, failure => Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode));
    }

    private static DateTime In(double seconds) => TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(seconds);
}
