using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CredBroker.Server.Hosting;

/// <summary>
/// Traces and metrics by OTLP when an endpoint is configured. The names of sources and meters are the contract with dashboards:
/// ours start with <c>CredBroker</c>; ASP.NET Core, Kestrel, Npgsql and Quartz publish their own.
/// </summary>
internal sealed class Telemetry(BrokerOptions options) : IHostedService, IDisposable
{
    /// <summary>One activity per RPC and per job.</summary>
    public static readonly ActivitySource Activities = new("CredBroker");

    private static readonly Meter s_meter = new("CredBroker");

    /// <summary>Calls answered, by RPC and status.</summary>
    public static readonly Counter<long> Calls = s_meter.CreateCounter<long>("credbroker.rpc.calls", "{call}", "Calls answered, by RPC and status.");

    /// <summary>How long calls took.</summary>
    public static readonly Histogram<double> CallDuration = s_meter.CreateHistogram<double>("credbroker.rpc.duration", "s", "Duration of calls, by RPC.");

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (EndpointOf(options) is not { } endpoint) return Task.CompletedTask;

        var resource = ResourceBuilder.CreateDefault().AddService("credbroker", serviceVersion: BrokerVersion.Current);
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource)
            .AddSource("CredBroker*", "Microsoft.AspNetCore", "Npgsql", "Quartz").AddOtlpExporter(otlp => Send(otlp, endpoint, "v1/traces")).Build();
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource)
            .AddMeter("CredBroker*", "Microsoft.AspNetCore.*", "Npgsql", "Quartz", "System.Runtime").AddOtlpExporter(otlp => Send(otlp, endpoint, "v1/metrics")).Build();
        return Task.CompletedTask;
    }

    /// <summary>Where to send them; null: nowhere. What is no address is found by <see cref="OptionsCheck"/>.</summary>
    public static string? EndpointOf(BrokerOptions options) =>
        (options.OtlpEndpoint ?? Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT")) is { Length: > 0 } endpoint ? endpoint : null;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    // The exporter leaves an endpoint alone that it was given: over HTTP (OTEL_EXPORTER_OTLP_PROTOCOL) each signal has a path of its own.
    private static void Send(OtlpExporterOptions otlp, string endpoint, string path) => otlp.Endpoint =
        new Uri(otlp.Protocol == OtlpExportProtocol.HttpProtobuf ? $"{endpoint.TrimEnd('/')}/{path}" : endpoint);
}
