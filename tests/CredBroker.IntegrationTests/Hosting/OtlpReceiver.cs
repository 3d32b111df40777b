using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace CredBroker.IntegrationTests.Hosting;

/// <summary>A collector that takes whatever is exported to it, by gRPC or by HTTP, and keeps it as it came.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, string Body)> received = new();
    private readonly WebApplication app;

    private OtlpReceiver(HttpProtocols protocol)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listener => listener.Protocols = protocol));
        app = builder.Build();
        app.Run(TakeAsync);
    }

    public string Address => app.Urls.Single();

    public static async Task<OtlpReceiver> StartAsync(bool http)
    {
        var receiver = new OtlpReceiver(http ? HttpProtocols.Http1 : HttpProtocols.Http2);
        await receiver.app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>All bodies that came to a path, each byte one character.</summary>
    public string At(string path) => string.Concat(received.Where(one => one.Path == path).Select(one => one.Body));

    public IEnumerable<string> Paths => received.Select(one => one.Path).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        received.Enqueue((http.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
        http.Response.ContentType = http.Request.ContentType;
        if (http.Request.Protocol != HttpProtocol.Http2) return;
        // An empty message, and all is well.
        await http.Response.Body.WriteAsync(new byte[5]);
        http.Response.AppendTrailer("grpc-status", "0");
    }
}
