using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.Tests;

public sealed class LimitTests
{
    [Fact]
    public async Task The_server_refuses_to_send_more_than_its_limit()
    {
        await using var served = await Served.StartAsync(options => options.MaxSendMessageSize = 1000);
        Assert.Equal(900, (await served.Client.SayAsync(new EchoRequest { Padding = 900 })).Payload.Length);
        var failure = await Served.FailureOfAsync(() => served.Client.SayAsync(new EchoRequest { Padding = 1000 }).ResponseAsync);
        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);

        using var stream = served.Client.Repeat(new EchoRequest { Padding = 1000, Count = 3 });
        Assert.Equal(StatusCode.ResourceExhausted, (await Served.FailureOfAsync(() => stream.ResponseStream.MoveNext())).StatusCode);
    }

    [Fact]
    public async Task The_client_refuses_to_receive_more_than_its_limit()
    {
        await using var served = await Served.StartAsync(channel: new GrpcChannelOptions { MaxReceiveMessageSize = 1000 });
        var failure = await Served.FailureOfAsync(() => served.Client.SayAsync(new EchoRequest { Padding = 1000 }).ResponseAsync);
        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);

        using var stream = served.Client.Repeat(new EchoRequest { Padding = 1000, Count = 3 });
        Assert.Equal(StatusCode.ResourceExhausted, (await Served.FailureOfAsync(() => stream.ResponseStream.MoveNext())).StatusCode);
    }

    [Fact]
    public async Task The_client_refuses_to_send_more_than_its_limit()
    {
        await using var served = await Served.StartAsync(channel: new GrpcChannelOptions { MaxSendMessageSize = 1000 });
        var large = new EchoRequest { Payload = ByteString.CopyFrom(new byte[1000]) };
        Assert.Equal(StatusCode.ResourceExhausted, (await Served.FailureOfAsync(() => served.Client.SayAsync(large).ResponseAsync)).StatusCode);

        using var stream = served.Client.Collect();
        Assert.Equal(StatusCode.ResourceExhausted, (await Served.FailureOfAsync(() => stream.RequestStream.WriteAsync(large))).StatusCode);
    }

    [Fact]
    public async Task A_service_may_have_its_own_limit()
    {
        await using var server = await TestServer.StartAsync(
            options => options.MaxReceiveMessageSize = 10,
            services => services.Configure<GrpcServiceOptions<EchoService>>(own => own.MaxReceiveMessageSize = 100));
        var fits = RawCall.Frame(new EchoRequest { Text = new string('x', 90) });
        var exceeds = RawCall.Frame(new EchoRequest { Text = new string('x', 110) });
        Assert.Equal(StatusCode.OK, (await RawCall.SayAsync(server, fits)).Status);
        Assert.Equal(StatusCode.ResourceExhausted, (await RawCall.SayAsync(server, exceeds)).Status);
    }

    [Fact]
    public async Task A_limit_above_that_of_kestrel_for_bodies_is_resource_exhausted_too()
    {
        await using var server = await TestServer.StartAsync(options => options.MaxReceiveMessageSize = null);
        var answer = await RawCall.SayAsync(server, RawCall.Frame(new EchoRequest { Payload = ByteString.CopyFrom(new byte[31_000_000]) }));
        Assert.Equal(StatusCode.ResourceExhausted, answer.Status);
    }

    [Fact]
    public async Task A_host_may_say_in_its_own_way_that_a_message_is_too_large()
    {
        await using var served = await Served.StartAsync(options =>
        {
            options.MaxReceiveMessageSize = 1000;
            options.RefusalAnswer = (cause, status) => new RpcException(new Status(status.StatusCode, $"own: {status.Detail}"), [new("cause", $"{cause}")]);
        });
        var large = new EchoRequest { Payload = ByteString.CopyFrom(new byte[1000]) };
        var failure = await Served.FailureOfAsync(() => served.Client.SayAsync(large).ResponseAsync);
        Assert.Equal((StatusCode.ResourceExhausted, "own: The message exceeds the limit of 1000 bytes.", "MessageTooLarge"), Said(failure));

        using var stream = served.Client.Collect();
        await stream.RequestStream.WriteAsync(large);
        Assert.Equal((StatusCode.ResourceExhausted, "own: The message exceeds the limit of 1000 bytes.", "MessageTooLarge"), Said(await Served.FailureOfAsync(() => stream.ResponseAsync)));

        // What cannot be read for another reason is not the host's business.
        var garbled = await RawCall.SayAsync(served.Server, RawCall.Frame([0xff]));
        Assert.Equal((StatusCode.Internal, false), (garbled.Status, garbled.Headers.ContainsKey("cause")));

        static (StatusCode, string, string?) Said(RpcException failure) => (failure.StatusCode, failure.Status.Detail, failure.Trailers.GetValue("cause"));
    }

    [Fact]
    public async Task A_client_stream_may_be_longer_than_any_body_limit()
    {
        await using var served = await Served.StartAsync();
        using var call = served.Client.Collect();
        var message = new EchoRequest { Payload = ByteString.CopyFrom(new byte[1_000_000]) };
        for (var i = 0; i < 40; i++) await call.RequestStream.WriteAsync(message);
        await call.RequestStream.CompleteAsync();
        Assert.Equal(40, (await call).Number);
    }
}
