using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grpc.Core;
using Grpc.Tests.Echo;
using Grpc.Tests.Serving;

namespace Grpc.Tests;

public sealed class TelemetryTests
{
    [Fact]
    public async Task The_status_is_on_the_activity_of_the_request()
    {
        var seen = new ConcurrentQueue<(string? Path, object? Status)>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => seen.Enqueue((activity.GetTagItem("url.path") as string ?? activity.DisplayName, activity.GetTagItem("rpc.grpc.status_code"))),
        };
        ActivitySource.AddActivityListener(listener);

        await using var served = await Served.StartAsync();
        await Served.FailureOfAsync(() => served.Client.SayAsync(new EchoRequest { Behaviour = "refuse" }).ResponseAsync);
        await WaitUntilAsync(() => seen.Any(one => one.Status is (int)StatusCode.NotFound));
    }

    [Fact]
    public async Task The_status_is_a_tag_of_the_metric_of_requests()
    {
        var statuses = new ConcurrentQueue<object?>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "http.server.request.duration") self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            foreach (var (name, value) in tags)
            {
                if (name == "rpc.grpc.status_code") statuses.Enqueue(value);
            }
        });
        listener.Start();

        await using var served = await Served.StartAsync();
        await Served.FailureOfAsync(() => served.Client.SayAsync(new EchoRequest { Behaviour = "crash" }).ResponseAsync);
        await WaitUntilAsync(() => statuses.Contains((int)StatusCode.Unknown));
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, timeout.Token);
    }
}
