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

    public async ValueTask InitializeAsync()
    {
        await using var server = await TestServer.StartAsync(
            options => options.ResponseCompressionAlgorithm = "gzip",
            services => services.AddSingleton<HealthServiceImpl>().AddGrpcReflection(),
            app =>
            {
                app.MapGrpcService<HealthServiceImpl>();
                app.MapGrpcReflectionService();
            });
        server.Services.GetRequiredService<HealthServiceImpl>().SetStatus("echo.Echo", ServingStatus.Serving);
        var descriptors = ForeignProcess.WriteDescriptorSet();
        var (tcp, unix) = (server.Http2.Authority, $"unix:{server.SocketPath}");

        var noPython = await ForeignProcess.WhyNoPythonAsync();
        await RunAsync("python", noPython, tcp, ForeignProcess.Python, ["python/echo_client.py", descriptors]);
        await RunAsync("python-unix", noPython, unix, ForeignProcess.Python, ["python/echo_client.py", descriptors]);
        var noNode = await ForeignProcess.WhyNoNodeAsync();
        await RunAsync("node", noNode, tcp, "node", ["node/echo_client.js", AppContext.BaseDirectory]);
        await RunAsync("node-unix", noNode, unix, "node", ["node/echo_client.js", AppContext.BaseDirectory]);
        File.Delete(descriptors);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Passes, fails or is skipped as the client's own run of the scenario was.</summary>
    public void Judge(string client, string scenario)
    {
        if (_results.TryGetValue($"{client} cannot run", out var reason)) Assert.Skip(reason);
        Assert.Equal("ok", _results.GetValueOrDefault($"{client} {scenario}", _results[$"{client} said"]));
    }

    private async Task RunAsync(string client, string? cannot, string target, string program, string[] arguments)
    {
        if (cannot is not null)
        {
            _results[$"{client} cannot run"] = cannot;
            return;
        }

        var scenarios = client.StartsWith("python", StringComparison.Ordinal) ? ForeignClientTests.PythonNames : ForeignClientTests.NodeNames;
        var (_, said) = await ForeignProcess.RunAsync(program, [.. arguments, target, .. scenarios]);
        _results[$"{client} said"] = said;
        foreach (var line in said.Split('\n').Where(line => line.Contains(": ", StringComparison.Ordinal)))
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            _results[$"{client} {line[..colon]}"] = line[(colon + 2)..];
        }
    }
}
