using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Grpc.Tests.Serving;

/// <summary>A real Kestrel on port 0 without TLS (HTTP/2 and, on a second port, HTTP/1.1), with TLS, and on a Unix socket.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;

    private TestServer(WebApplication app, string folder, string certificate)
    {
        _app = app;
        _folder = folder;
        CertificatePem = certificate;
        var addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.ToList();
        Http2 = new Uri(addresses[0]);
        Http1 = new Uri(addresses[1]);
        Tls = new Uri(addresses[2]);
    }

    public Uri Http2 { get; }

    public Uri Http1 { get; }

    public Uri Tls { get; }

    /// <summary>The certificate of <see cref="Tls"/>, for clients that are to trust it.</summary>
    public string CertificatePem { get; }

    public string SocketPath => Path.Combine(_folder, "s");

    public CallLog Log => _app.Services.GetRequiredService<CallLog>();

    public LogLines Lines => _app.Services.GetRequiredService<LogLines>();

    public IServiceProvider Services => _app.Services;

    public static async Task<TestServer> StartAsync(
        Action<GrpcServiceOptions>? options = null, Action<IServiceCollection>? services = null, Action<WebApplication>? map = null, string? folder = null,
        Action<KestrelServerLimits>? limits = null)
    {
        folder ??= Directory.CreateTempSubdirectory("grpc").FullName;
        var builder = WebApplication.CreateSlimBuilder();
        var lines = new LogLines();
        builder.Logging.ClearProviders().AddProvider(lines).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSingleton(lines);
        builder.Services.AddSingleton<CallLog>();
        builder.Services.AddGrpc(grpc => options?.Invoke(grpc));
        services?.Invoke(builder.Services);
        var certificate = SelfSigned();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // As the broker has it.
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1_000;
            limits?.Invoke(kestrel.Limits);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate));
            kestrel.ListenUnixSocket(Path.Combine(folder, "s"), listen => listen.Protocols = HttpProtocols.Http2);
        });

        var app = builder.Build();
        app.MapGrpcService<EchoService>();
        map?.Invoke(app);
        await app.StartAsync();
        return new TestServer(app, folder, certificate.ExportCertificatePem());
    }

    public GrpcChannel Channel(GrpcChannelOptions? options = null) => GrpcChannel.ForAddress(Http2, options ?? new GrpcChannelOptions());

    public GrpcChannel UnixChannel() => GrpcChannel.ForAddress(
        "http://localhost", new GrpcChannelOptions { HttpHandler = UnixSocketHttpHandler.Create(SocketPath), DisposeHttpClient = true });

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Log.Released.TrySetResult();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
