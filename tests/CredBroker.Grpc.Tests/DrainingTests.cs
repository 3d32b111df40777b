using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;

namespace Grpc.Tests;

/// <summary>Our client and connections that their server lets run dry (GOAWAY), half-closed streams, and silence that is bridged by pings.</summary>
public sealed class DrainingTests
{
    [Fact]
    public async Task Calls_on_a_draining_connection_go_on_and_new_ones_take_another()
    {
        await using var served = await Served.StartAsync();
        using var chat = served.Client.Chat();
        Assert.Equal("before", await SayAsync(chat, "before"));

        var drained = (await served.Client.SayAsync(new EchoRequest { Behaviour = "drain" })).Text;
        var connection = drained;
        while (connection == drained) connection = (await served.Client.SayAsync(new EchoRequest { Behaviour = "connection" })).Text;

        Assert.Equal("after", await SayAsync(chat, "after"));
        await chat.RequestStream.CompleteAsync();
        Assert.False(await chat.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OK, chat.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Calls_that_race_with_draining_are_answered_or_unavailable()
    {
        // Kestrel closes a draining connection as soon as no call of it runs, though the next may be under way.
        await using var served = await Served.StartAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 1000).Select(async i =>
        {
            var request = new EchoRequest { Text = $"{i}", Behaviour = i % 100 == 50 ? "drain" : "" };
            try
            {
                var text = (await served.Client.SayAsync(request)).Text;
                return text == request.Text || request.Behaviour == "drain" ? "right" : text;
            }
            catch (RpcException e)
            {
                return $"{e.StatusCode}";
            }
        }));
        Assert.All(outcomes, outcome => Assert.Contains(outcome, new[] { "right", "Unavailable" }));
        Assert.Equal("hello", (await served.Client.SayAsync(new EchoRequest { Text = "hello" })).Text);
    }

    [Fact]
    public async Task A_half_closed_stream_still_receives()
    {
        await using var served = await Served.StartAsync();
        using var chat = served.Client.Chat();
        for (var i = 0; i < 3; i++) await chat.RequestStream.WriteAsync(new EchoRequest { Text = $"{i}", Behaviour = "answer at the end" });
        var first = chat.ResponseStream.MoveNext();
        Assert.False(first.IsCompleted);
        await chat.RequestStream.CompleteAsync();
        Assert.True(await first);
        Assert.Equal("0", chat.ResponseStream.Current.Text);
        for (var i = 1; i < 3; i++)
        {
            Assert.True(await chat.ResponseStream.MoveNext());
            Assert.Equal($"{i}", chat.ResponseStream.Current.Text);
        }

        Assert.False(await chat.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task A_silent_stream_lives_on_the_pings_of_its_client()
    {
        var frames = new FrameLog();
        await using var server = await TestServer.StartAsync(services: frames.Attach);
        using var handler = new SocketsHttpHandler
        {
            KeepAlivePingDelay = TimeSpan.FromSeconds(1), KeepAlivePingTimeout = TimeSpan.FromSeconds(20), KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        using var channel = GrpcChannel.ForAddress(server.Http2, new GrpcChannelOptions { HttpHandler = handler });
        using var chat = new Echo.Echo.EchoClient(channel).Chat();
        Assert.Equal("before", await SayAsync(chat, "before"));
        await Eventually.HoldsAsync(() => frames.ReceivedOf("PING") > 1, "the client sent two PINGs");
        Assert.Equal("after", await SayAsync(chat, "after"));
    }

    private static async Task<string> SayAsync(AsyncDuplexStreamingCall<EchoRequest, EchoReply> chat, string text)
    {
        await chat.RequestStream.WriteAsync(new EchoRequest { Text = text });
        Assert.True(await chat.ResponseStream.MoveNext());
        return chat.ResponseStream.Current.Text;
    }
}
