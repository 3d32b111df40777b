using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;

namespace Grpc.Tests.Serving;

/// <summary>A server, a channel to it and a client, for the length of one test.</summary>
public sealed class Served : IAsyncDisposable
{
    private Served(TestServer server, GrpcChannel channel)
    {
        Server = server;
        Channel = channel;
        Client = new Echo.Echo.EchoClient(channel);
    }

    public TestServer Server { get; }

    public GrpcChannel Channel { get; }

    public Echo.Echo.EchoClient Client { get; }

    public static async Task<Served> StartAsync(Action<GrpcServiceOptions>? options = null, GrpcChannelOptions? channel = null)
    {
        var server = await TestServer.StartAsync(options);
        return new Served(server, server.Channel(channel));
    }

    /// <summary>The exception with which the call ends.</summary>
    public static async Task<RpcException> FailureOfAsync(Func<Task> call) => await Assert.ThrowsAsync<RpcException>(call);

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Server.DisposeAsync();
    }
}
