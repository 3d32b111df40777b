using Grpc.Core;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;

namespace Grpc.Tests;

public sealed class CancellationTests : IAsyncLifetime
{
    private Served _served = null!;

    public async ValueTask InitializeAsync() => _served = await Served.StartAsync();

    public ValueTask DisposeAsync() => _served.DisposeAsync();

    [Fact]
    public async Task A_cancelled_unary_call_cancels_its_handler()
    {
        using var giveUp = new CancellationTokenSource();
        var call = _served.Client.SayAsync(new EchoRequest { Behaviour = "wait" }, cancellationToken: giveUp.Token);
        await _served.Server.Log.WaitForAsync("waiting");
        await giveUp.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await Served.FailureOfAsync(() => call.ResponseAsync)).StatusCode);
        await _served.Server.Log.WaitForAsync("cancelled");
    }

    [Fact]
    public async Task A_cancelled_call_cancels_the_calls_that_its_handler_makes()
    {
        using var giveUp = new CancellationTokenSource();
        var call = _served.Client.SayAsync(new EchoRequest { Behaviour = "forward", Text = "wait" }, cancellationToken: giveUp.Token);
        await _served.Server.Log.WaitForAsync("waiting");
        await giveUp.CancelAsync();
        await Served.FailureOfAsync(() => call.ResponseAsync);
        await _served.Server.Log.WaitForAsync("cancelled");
    }

    [Fact]
    public async Task A_disposed_call_cancels_its_handler()
    {
        var call = _served.Client.SayAsync(new EchoRequest { Behaviour = "wait" });
        await _served.Server.Log.WaitForAsync("waiting");
        call.Dispose();
        Assert.Equal(StatusCode.Cancelled, (await Served.FailureOfAsync(() => call.ResponseAsync)).StatusCode);
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
        await _served.Server.Log.WaitForAsync("cancelled");
    }

    [Fact]
    public async Task A_call_with_a_cancelled_token_is_not_sent()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        var failure = await Served.FailureOfAsync(() => _served.Client.SayAsync(
            new EchoRequest { Behaviour = "wait" }, cancellationToken: gone.Token).ResponseAsync);
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
        Assert.Empty(_served.Server.Log.Entries);
    }

    [Fact]
    public async Task A_write_after_the_client_left_finds_the_token_cancelled()
    {
        // Many times: the race between the failing flush and RequestAborted is what is tested.
        for (var i = 0; i < 50; i++)
        {
            using var call = _served.Client.Repeat(new EchoRequest { Count = 1_000_000, Padding = 10_000 });
            Assert.True(await call.ResponseStream.MoveNext());
        }

        await WaitUntilAsync(() => _served.Server.Log.Entries.Count == 50);
        Assert.All(_served.Server.Log.Entries, entry => Assert.Equal("cancelled, token set", entry));
    }

    [Fact]
    public async Task A_read_of_the_server_ends_when_the_client_leaves()
    {
        using (var call = _served.Client.Collect())
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Behaviour = "ignore the token" });
            await _served.Server.Log.WaitForAsync("waiting");
        }

        _served.Server.Log.Released.SetResult();
        await _served.Server.Log.WaitForAsync("handler returned");
        await WaitUntilAsync(() => _served.Server.Lines.All.Any(line => line.StartsWith("Debug 7002", StringComparison.Ordinal)));
        Assert.DoesNotContain(_served.Server.Lines.All, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cancelled_read_of_the_client_cancels_the_call()
    {
        using var call = _served.Client.Repeat(new EchoRequest { Count = 1, Behaviour = "wait" });
        Assert.True(await call.ResponseStream.MoveNext());
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        Assert.Equal(StatusCode.Cancelled, (await Served.FailureOfAsync(() => call.ResponseStream.MoveNext(giveUp.Token))).StatusCode);
        await _served.Server.Log.WaitForAsync("cancelled");
    }

    [Fact]
    public async Task A_disposed_channel_cancels_its_calls_and_makes_no_more()
    {
        var call = _served.Client.SayAsync(new EchoRequest { Behaviour = "wait" });
        await _served.Server.Log.WaitForAsync("waiting");
        _served.Channel.Dispose();
        Assert.Equal(StatusCode.Cancelled, (await Served.FailureOfAsync(() => call.ResponseAsync)).StatusCode);
        await _served.Server.Log.WaitForAsync("cancelled");
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await _served.Client.SayAsync(new EchoRequest()));
    }

    [Fact]
    public async Task A_server_that_answers_early_is_heard_though_the_client_still_sends()
    {
        using var call = _served.Client.Collect();
        await call.RequestStream.WriteAsync(new EchoRequest { Text = "a" });
        await call.RequestStream.WriteAsync(new EchoRequest { Behaviour = "answer early" });
        Assert.Equal("a", (await call).Text);
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (true) await call.RequestStream.WriteAsync(new EchoRequest { Text = "b" });
        });
    }

    [Fact]
    public async Task A_refusal_in_a_duplex_call_is_told_by_the_next_write_too()
    {
        using var call = _served.Client.Chat();
        await call.RequestStream.WriteAsync(new EchoRequest { Behaviour = "refuse", Text = "no" });
        Assert.Equal(StatusCode.NotFound, (await Served.FailureOfAsync(() => call.ResponseStream.MoveNext())).StatusCode);
        var failure = await Served.FailureOfAsync(() => call.RequestStream.WriteAsync(new EchoRequest()));
        Assert.Equal((StatusCode.NotFound, "no"), (failure.StatusCode, failure.Status.Detail));
    }

    [Fact]
    public async Task Reads_and_writes_are_one_at_a_time()
    {
        using var call = _served.Client.Chat();
        var read = call.ResponseStream.MoveNext();
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.ResponseStream.MoveNext());
        await call.RequestStream.CompleteAsync();
        Assert.False(await read);
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new EchoRequest()));
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, timeout.Token);
    }
}
