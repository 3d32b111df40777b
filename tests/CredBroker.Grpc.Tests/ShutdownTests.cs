using System.Diagnostics;
using Grpc.Core;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;

namespace Grpc.Tests;

public sealed class ShutdownTests
{
    [Fact]
    public async Task Streams_end_unavailable_when_the_server_stops_and_it_stops_at_once()
    {
        await using var served = await Served.StartAsync();
        using var waiting = served.Client.Repeat(new EchoRequest { Count = 1, Behaviour = "wait" });
        using var silent = served.Client.Chat();
        await silent.RequestStream.WriteAsync(new EchoRequest());
        Assert.True(await silent.ResponseStream.MoveNext());
        Assert.True(await waiting.ResponseStream.MoveNext());
        await served.Server.Log.WaitForAsync("waiting");

        var watch = Stopwatch.StartNew();
        var stopping = served.Server.StopAsync();
        Assert.Equal(StatusCode.Unavailable, (await Served.FailureOfAsync(() => waiting.ResponseStream.MoveNext())).StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await Served.FailureOfAsync(() => silent.ResponseStream.MoveNext())).StatusCode);
        await stopping;
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 5);
    }

    [Fact]
    public async Task A_host_may_say_in_its_own_way_that_streams_end()
    {
        await using var served = await Served.StartAsync(
            options => options.RefusalAnswer = (cause, status) => new RpcException(status, [new("cause", $"{cause}")]));
        using var waiting = served.Client.Repeat(new EchoRequest { Count = 1, Behaviour = "wait" });
        Assert.True(await waiting.ResponseStream.MoveNext());
        await served.Server.Log.WaitForAsync("waiting");

        var stopping = served.Server.StopAsync();
        var failure = await Served.FailureOfAsync(() => waiting.ResponseStream.MoveNext());
        Assert.Equal((StatusCode.Unavailable, "ServerStopping"), (failure.StatusCode, failure.Trailers.GetValue("cause")));
        await stopping;
    }

    [Fact]
    public async Task A_thousand_open_streams_end_unavailable_and_leave_nothing_running()
    {
        await using var served = await Served.StartAsync();
        var calls = Enumerable.Range(0, 1000).Select(_ => served.Client.Chat()).ToList();
        await Task.WhenAll(calls.Select(async call =>
        {
            await call.RequestStream.WriteAsync(new EchoRequest());
            Assert.True(await call.ResponseStream.MoveNext());
        }));
        Assert.Equal(1000, served.Server.Log.Live.Count);

        var watch = Stopwatch.StartNew();
        var stopping = served.Server.StopAsync();
        var failures = await Task.WhenAll(calls.Select(call => Served.FailureOfAsync(() => call.ResponseStream.MoveNext())));
        await stopping;
        TestContext.Current.TestOutputHelper?.WriteLine($"1,000 open streams: stopped in {watch.Elapsed.TotalMilliseconds:N0} ms");
        Assert.All(failures, failure => Assert.Equal(StatusCode.Unavailable, failure.StatusCode));
        Assert.Equal(0, served.Server.Log.Live.Count);
        Assert.DoesNotContain(served.Server.Lines.All, line => line.Contains("failed to close gracefully", StringComparison.Ordinal));
        foreach (var call in calls) call.Dispose();
    }

    [Fact]
    public async Task Single_answers_are_waited_for()
    {
        await using var served = await Served.StartAsync();
        var call = served.Client.SayAsync(new EchoRequest { Text = "done", Behaviour = "ignore the token" });
        await served.Server.Log.WaitForAsync("waiting");
        var stopping = served.Server.StopAsync();
        served.Server.Log.Released.SetResult();
        Assert.Equal("done", (await call).Text);
        await stopping;
    }

    [Fact]
    public async Task A_stopped_server_is_unavailable()
    {
        await using var served = await Served.StartAsync();
        await served.Server.StopAsync();
        var failure = await Served.FailureOfAsync(() => served.Client.SayAsync(new EchoRequest()).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
    }
}
