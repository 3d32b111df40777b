using System.Diagnostics;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Grpc.Tests.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Grpc.Tests.Probes;

/// <summary>Streams that wait for something to happen, as watchers do: what they cost, and that they hear of it.</summary>
[Collection(nameof(Alone))]
public sealed class IdleStreamTests
{
    private const int Connections = 10;
    private const int StreamsOfEach = 1_000;
    private const int Streams = Connections * StreamsOfEach;

    // About twice of what is measured.
    private const long MostBytesOfEach = 16 * 1024;

    [Fact]
    public async Task Ten_thousand_watchers_on_ten_connections_are_cheap_hear_of_a_change_and_are_let_go()
    {
        // Without a log of each call, which would be measured too.
        await using var server = await TestServer.StartAsync(
            services: services => services.AddSingleton<HealthServiceImpl>().AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning)),
            map: app => app.MapGrpcService<HealthServiceImpl>());
        var health = server.Services.GetRequiredService<HealthServiceImpl>();
        var connections = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => RawConnection.OpenAsync(server.Http2)));
        foreach (var connection in connections) await WatchAsync(connection, 1);

        var (memory, workingSet) = (new Memory(), Environment.WorkingSet);
        await Task.WhenAll(connections.Select(connection => WatchAsync(connection, StreamsOfEach - 1)));
        var bytesOfEach = memory.Grown / (Streams - Connections);
        Say($"{Streams:N0} idle streams on {Connections} connections: {bytesOfEach:N0} bytes each, {(Environment.WorkingSet - workingSet) / Streams:N0} of the working set");
        Assert.InRange(bytesOfEach, 1, MostBytesOfEach);

        health.SetStatus("", ServingStatus.Serving);
        await Task.WhenAll(connections.Select(connection => connection.PassAsync(StreamsOfEach, frame => frame.Type is FrameType.Data)));

        var watch = Stopwatch.StartNew();
        var stopping = server.StopAsync();
        await Task.WhenAll(connections.Select(LeaveAsync));
        await stopping;
        Say($"all of them ended, and the server, in {watch.Elapsed.TotalMilliseconds:N0} ms");
        Assert.DoesNotContain(server.Lines.All, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    private static async Task WatchAsync(RawConnection connection, int count)
    {
        var headers = RawConnection.CallHeaders("/grpc.health.v1.Health/Watch");
        var request = RawCall.Frame(new HealthCheckRequest());
        var reading = connection.PassAsync(count, frame => frame.Type is FrameType.Data);
        for (var i = 0; i < count; i++)
        {
            var stream = connection.NextStream();
            await connection.SendAsync(RawFrame.Headers(stream, headers), RawFrame.Data(stream, request));
        }

        await reading;
    }

    /// <summary>Sees each stream end with its status, and closes, as every client does after GOAWAY.</summary>
    private static async Task LeaveAsync(RawConnection connection)
    {
        await connection.PassAsync(StreamsOfEach, frame =>
        {
            if (frame.Type is not FrameType.Headers) return false;
            Assert.Contains(("grpc-status", $"{(int)StatusCode.Unavailable}"), Hpack.Decode(frame.Payload.Span));
            return frame.Has(FrameFlags.EndStream);
        });
        await connection.DisposeAsync();
    }

    private static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);
}
