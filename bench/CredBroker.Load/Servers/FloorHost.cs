using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CredBroker.Load.Servers;

/// <summary>Kestrel as the broker sets it up, for servers that do nothing else than to answer.</summary>
internal static class FloorHost
{
    public static async Task<int> RunAsync(string socket, Action<IServiceCollection> services, Action<WebApplication> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        services(builder.Services);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1_000;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.ListenUnixSocket(socket, listener => listener.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2);
        });
        await using var app = builder.Build();
        answer(app);
        await app.StartAsync();
        var listening = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        await ChildServer.ServeAsync([$"unix:{socket}", listening.First(address => !address.Contains("unix:", StringComparison.Ordinal))]);
        return 0;
    }
}
