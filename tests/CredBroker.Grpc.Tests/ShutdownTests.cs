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
