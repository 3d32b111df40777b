using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using CredBroker.Server.Ledger;
using Npgsql;

namespace CredBroker.IntegrationTests.Ledger;

public sealed class LedgerMeterTests(Postgres postgres)
{
    [Fact]
    public async Task Batches_their_duration_failures_and_the_length_of_queues_are_measured_by_queue()
    {
        await using var ledger = await TestLedger.StartAsync(postgres, new() { WriterLoops = 1, Patience = TimeSpan.FromSeconds(30) });
        var seen = new ConcurrentBag<(string Name, string? Unit, string? Queue, double Value)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == LedgerMeter.Name) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((from, value, tags, _) => seen.Add((from.Name, from.Unit, Queue(tags), value)));
        listener.SetMeasurementEventCallback<double>((from, value, tags, _) => seen.Add((from.Name, from.Unit, Queue(tags), value)));
        listener.Start();

        var row = await ledger.Tasks.ReadAsync(await ledger.StartTaskAsync(), TestLedger.Ct);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ledger.Mints.CommitAsync(TestLedger.Ask(row!, 0), TestLedger.Ct).AsTask()));
        var bad = TestLedger.Ask(row!, 0) with { ParametersJson = "{" };
        await Assert.ThrowsAsync<PostgresException>(() => ledger.Mints.CommitAsync(bad, TestLedger.Ct).AsTask());
        listener.RecordObservableInstruments();

        Assert.Contains(seen, m => m is ("credbroker.ledger.batch_size", "{ask}", "mint.0", > 1));
        Assert.Contains(seen, m => m is ("credbroker.ledger.batch_size", "{ask}", "task", 1));
        Assert.Contains(seen, m => m is ("credbroker.ledger.commit_duration", "s", "mint.0", > 0 and < 10));
        Assert.Contains(seen, m => m is ("credbroker.ledger.failures", "{batch}", "mint.0", 1));
        foreach (var queue in (string[])["mint.0", "mint.patient", "task", "token", "audit"])
            Assert.Contains(seen, m => m is ("credbroker.ledger.queue_length", "{ask}", _, 0) && m.Queue == queue);
    }

    private static string? Queue(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
            if (tag.Key == "credbroker.ledger.queue") return tag.Value as string;
        return null;
    }
}
