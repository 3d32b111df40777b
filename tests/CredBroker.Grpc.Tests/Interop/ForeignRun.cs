using Grpc.HealthCheck;
using Grpc.Tests.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Grpc.Tests.Interop;

/// <summary>Runs clients in other languages through all their scenarios, once, and keeps what each said.</summary>
public sealed class ForeignRun : IAsyncLifetime
{
    private readonly Dictionary<string, string> _results = [];

    /// <summary>Handlers that still ran when all clients were gone.</summary>
    public int LeftRunning { get; private set; }

    public async ValueTask InitializeAsync()
    {
        await using var server = await TestServer.StartAsync(
            options => options.ResponseCompressionAlgorithm = "gzip",
            services =>
            {
                services.AddSingleton<HealthServiceImpl>().AddGrpcReflection();
                new FrameLog().Attach(services);
            },
            app =>
            {
                app.MapGrpcService<HealthServiceImpl>();
                app.MapGrpcReflectionService();
            });
        server.Services.GetRequiredService<HealthServiceImpl>().SetStatus("echo.Echo", ServingStatus.Serving);
        var files = Directory.CreateTempSubdirectory("interop");
        var (descriptors, roots) = (Path.Combine(files.FullName, "descriptors"), Path.Combine(files.FullName, "roots.pem"));
        await File.WriteAllBytesAsync(descriptors, ForeignProcess.DescriptorSet());
        await File.WriteAllTextAsync(roots, server.CertificatePem);

        foreach (var (way, target) in new[] { ("", server.Http2.Authority), ("-unix", $"unix:{server.SocketPath}"), ("-tls", $"https://{server.Tls.Authority}") })
        {
            await RunAsync($"python{way}", await ForeignProcess.WhyNoPythonAsync(), ForeignProcess.Python, ["python/echo_client.py", descriptors, target], roots);
            await RunAsync($"node{way}", await ForeignProcess.WhyNoNodeAsync(), "node", ["node/echo_client.js", descriptors, AppContext.BaseDirectory, target], roots);
        }

        files.Delete(recursive: true);
        server.Log.Released.SetResult();
        await Record.ExceptionAsync(() => Eventually.HoldsAsync(() => server.Log.Live.Count == 0, "all handlers returned"));
        LeftRunning = server.Log.Live.Count;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Passes, fails or is skipped as the client's own run of the scenario was.</summary>
    public void Judge(string client, string scenario)
    {
        if (_results.TryGetValue($"{client} cannot run", out var reason)) Assert.Skip(reason);
        Assert.Equal("ok", _results.GetValueOrDefault($"{client} {scenario}", _results[$"{client} said"]));
    }

    private async Task RunAsync(string client, string? cannot, string program, string[] arguments, string roots)
    {
        if (cannot is not null)
        {
            _results[$"{client} cannot run"] = cannot;
            return;
        }

        var scenarios = client.StartsWith("python", StringComparison.Ordinal) ? ForeignClientTests.PythonNames : ForeignClientTests.NodeNames;
        var (_, said) = await ForeignProcess.RunAsync(program, [.. arguments, .. scenarios], roots: roots);
        _results[$"{client} said"] = said;
        foreach (var line in said.Split('\n').Where(line => line.Contains(": ", StringComparison.Ordinal)))
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            _results[$"{client} {line[..colon]}"] = line[(colon + 2)..];
        }
    }
}
