using System.Diagnostics;
using System.Text.Json;
using CredBroker.Cedar.Authorization;

namespace CredBroker.Cedar.Driver;

/// <summary>How long decisions take: each is timed by itself, over entities and a request that were read before, into one result.</summary>
internal static class Bench
{
    private const int DefaultCalls = 1_000;
    private const int Batch = 64;

    public static Reply Measure(PolicySnapshot snapshot, JsonElement message)
    {
        if (Authorizing.Read(message, null, out var errors) is not var (request, entities)) return Reply.Refused(errors);
        var calls = Input.Number(message, "n") ?? DefaultCalls;
        var result = new AuthorizationResult();
        for (var i = Input.Number(message, "warmup") ?? Math.Min(200, calls); i > 0; i--) snapshot.Authorize(request, entities, result);
        var times = new double[calls];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < calls; i++)
        {
            // A single call is near the clock's own resolution.
            var start = Stopwatch.GetTimestamp();
            for (var j = 0; j < Batch; j++) snapshot.Authorize(request, entities, result);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds / Batch;
        }

        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Array.Sort(times);
        return Authorizing.Describe(result, json =>
        {
            json.WriteStartObject("us");
            json.WriteNumber("min", times[0]);
            json.WriteNumber("median", times[calls / 2]);
            json.WriteNumber("p99", times[(int)(calls * 0.99)]);
            json.WriteNumber("mean", times.Average());
            json.WriteEndObject();
            json.WriteNumber("bytes", bytes / (calls * Batch));
            json.WriteNumber("n", calls);
        });
    }
}
