using CredBroker.Load.Protos;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace CredBroker.Load.Servers;

/// <summary>The floor: our gRPC layer, and a service that does nothing.</summary>
internal static class EchoServer
{
    public static Task<int> RunAsync(string socket) => FloorHost.RunAsync(
        socket,
        services =>
        {
            services.AddGrpc();
            services.AddSingleton(new EchoService());
        },
        app => app.MapGrpcService<EchoService>());

    private sealed class EchoService : Echo.EchoBase
    {
        public override Task<EchoMessage> Say(EchoMessage request, ServerCallContext context) => Task.FromResult(request);
    }
}
