using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace CredBroker.Server.Ledger;

/// <summary>What the ledger measures, by queue. Thread-safe.</summary>
internal sealed class LedgerMeter : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "CredBroker.Ledger";

    private readonly Meter _meter = new(Name);
    private readonly ConcurrentDictionary<string, Func<int>> _queues = new();
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _commitDuration;
    private readonly Counter<int> _failures;

    /// <summary>Makes the instruments.</summary>
    public LedgerMeter()
    {
        _batchSize = _meter.CreateHistogram<int>("credbroker.ledger.batch_size", "{ask}", "Asks in one round trip.",
            advice: new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] });
        _commitDuration = _meter.CreateHistogram<double>("credbroker.ledger.commit_duration", "s", "One round trip, to the end of its transaction.",
            advice: new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 10] });
        _failures = _meter.CreateCounter<int>("credbroker.ledger.failures", "{batch}", "Round trips that failed, by what was done about it.");
        _meter.CreateObservableGauge("credbroker.ledger.queue_length", Lengths, "{ask}", "Asks that wait.");
    }

    /// <summary>Reports the length of a queue from now on.</summary>
    public void Watch(string queue, Func<int> length) => _queues[queue] = length;

    /// <summary>A batch was committed.</summary>
    public void Committed(string queue, int asks, TimeSpan duration)
    {
        var tag = Tag(queue);
        _batchSize.Record(asks, tag);
        _commitDuration.Record(duration.TotalSeconds, tag);
    }

    /// <summary>A batch failed.</summary>
    public void Failed(string queue, FailureKind kind) => _failures.Add(1, Tag(queue), new("credbroker.ledger.failure", kind.ToString()));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Lengths() => _queues.Select(q => new Measurement<int>(q.Value(), Tag(q.Key)));

    private static KeyValuePair<string, object?> Tag(string queue) => new("credbroker.ledger.queue", queue);
}
