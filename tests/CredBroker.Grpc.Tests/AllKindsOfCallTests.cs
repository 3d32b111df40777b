using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;

namespace Grpc.Tests;

public sealed class AllKindsOfCallTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private GrpcChannel _channel = null!;
    private Echo.Echo.EchoClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _channel = _server.Channel();
        _client = new Echo.Echo.EchoClient(_channel);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_unary_call_answers()
    {
        var call = _client.SayAsync(new EchoRequest { Text = "hello", Padding = 3 });
        var reply = await call;
        Assert.Equal("hello", reply.Text);
        Assert.Equal(3, reply.Payload.Length);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Empty(call.GetTrailers());
    }

    [Fact]
    public void A_blocking_unary_call_answers() => Assert.Equal("hello", _client.Say(new EchoRequest { Text = "hello" }).Text);

    [Fact]
    public async Task A_message_without_content_is_a_message() => Assert.Equal(new EchoReply(), await _client.SayAsync(new EchoRequest()));

    [Fact]
    public async Task A_server_stream_arrives_in_order_and_ends()
    {
        using var call = _client.Repeat(new EchoRequest { Text = "again", Count = 1000 });
        var numbers = new List<int>();
        await foreach (var reply in call.ResponseStream.ReadAllAsync()) numbers.Add(reply.Number);
        Assert.Equal(Enumerable.Range(0, 1000), numbers);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task An_empty_server_stream_ends()
    {
        using var call = _client.Repeat(new EchoRequest());
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task A_client_stream_is_collected()
    {
        using var call = _client.Collect();
        foreach (var text in new[] { "a", "b", "c" }) await call.RequestStream.WriteAsync(new EchoRequest { Text = text });
        await call.RequestStream.CompleteAsync();
        var reply = await call;
        Assert.Equal("a|b|c", reply.Text);
    }

    [Fact]
    public async Task A_client_stream_may_be_empty()
    {
        using var call = _client.Collect();
        await call.RequestStream.CompleteAsync();
        Assert.Equal(0, (await call.ResponseAsync).Number);
    }

    [Fact]
    public async Task A_duplex_stream_is_answered_message_by_message()
    {
        using var call = _client.Chat();
        for (var i = 0; i < 100; i++)
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Text = $"{i}" });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal($"{i}", call.ResponseStream.Current.Text);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Large_messages_cross_the_flow_control_window_both_ways()
    {
        var payload = Google.Protobuf.ByteString.CopyFrom(new byte[3_000_000]);
        var reply = await _client.SayAsync(new EchoRequest { Payload = payload, Padding = 3_500_000 });
        Assert.Equal(3_500_000, reply.Payload.Length);
    }

    [Fact]
    public async Task Many_calls_share_a_channel()
    {
        var calls = Enumerable.Range(0, 500).Select(async i => (await _client.SayAsync(new EchoRequest { Text = $"{i}" })).Text);
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}"), await Task.WhenAll(calls));
    }

    [Fact]
    public async Task A_unix_socket_carries_calls_with_localhost_as_authority()
    {
        using var channel = _server.UnixChannel();
        var call = new Echo.Echo.EchoClient(channel).SayAsync(new EchoRequest { Text = "hello", Behaviour = "peer" });
        Assert.Equal("hello", (await call).Text);
        Assert.Equal("localhost", call.GetTrailers().GetValue("authority"));
        Assert.Equal("unix:", call.GetTrailers().GetValue("peer"));
    }

    [Fact]
    public async Task Tls_carries_calls()
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Subject == "CN=localhost";
        using var channel = GrpcChannel.ForAddress(_server.Tls, new GrpcChannelOptions { HttpHandler = handler });
        Assert.Equal("hello", (await new Echo.Echo.EchoClient(channel).SayAsync(new EchoRequest { Text = "hello" })).Text);
    }

    [Fact]
    public async Task A_handler_sees_peer_host_and_http_context()
    {
        var call = _client.SayAsync(new EchoRequest { Behaviour = "peer" });
        await call;
        Assert.StartsWith("ipv4:127.0.0.1:", call.GetTrailers().GetValue("peer"));
        Assert.Equal(_server.Http2.Authority, call.GetTrailers().GetValue("authority"));
        Assert.Equal("/echo.Echo/Say", call.GetTrailers().GetValue("path"));
    }
}
