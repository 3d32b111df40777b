using System.Diagnostics;
using System.Threading.Channels;

namespace CredBroker.Server.Ledger;

/// <summary>
/// A bounded queue and one loop that sends what has gathered as one round trip. No artificial delay: while one batch is on its way the
/// next one grows by itself. Thread-safe.
/// </summary>
internal sealed class Batcher<TAsk, TAnswer> : IAsyncDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(20);

    private readonly string _name;
    private readonly LedgerParts _parts;
    private readonly Lane<TAsk, TAnswer> _lane;
    private readonly Channel<Pending<TAsk, TAnswer>> _queue;
    private readonly Task _loop;

    /// <summary>Starts the loop; it connects when it has something to send.</summary>
    /// <param name="name">For metrics and messages.</param>
    /// <param name="parts">What it is made of.</param>
    /// <param name="newStatement">Makes what is sent, for each connection once.</param>
    public Batcher(string name, LedgerParts parts, Func<IBatchStatement<TAsk, TAnswer>> newStatement)
    {
        _name = name;
        _parts = parts;
        _lane = new(parts.Source, newStatement);
        _queue = Channel.CreateBounded<Pending<TAsk, TAnswer>>(new BoundedChannelOptions(parts.Options.QueueLimit) { SingleReader = true });
        parts.Meter.Watch(name, () => _queue.Reader.Count);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Where asks go that this queue did not decide, because a row was locked or the connection broke; null: it asks again itself.</summary>
    public Batcher<TAsk, TAnswer>? Patient { get; init; }

    /// <summary>What asks of one key wait for together when a row is locked; null: all for the same.</summary>
    public Func<TAsk, Guid>? KeyOf { get; init; }

    /// <summary>Asks, and waits for the end of the transaction. A cancelled wait does not undo what was already sent.</summary>
    /// <exception cref="LedgerOverloadedException">The queue is full, or closing.</exception>
    /// <exception cref="StorageUnavailableException">The database stayed away for as long as the options are patient.</exception>
    public ValueTask<TAnswer> AskAsync(TAsk ask, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var pending = new Pending<TAsk, TAnswer>(ask, _parts.Clock.GetTimestamp(), ct);
        var answer = pending.WaitAsync();
        if (_queue.Writer.TryWrite(pending)) return answer;

        var overloaded = Overloaded();
        pending.Fail(overloaded);
        throw overloaded;
    }

    /// <summary>Takes no more asks, and ends when those that wait are answered.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_queue.Writer.TryComplete()) return;
        await _loop;
        await _lane.DisposeAsync();
    }

    private async Task RunAsync()
    {
        var batch = new List<Pending<TAsk, TAnswer>>(_parts.Options.BatchLimit);
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            // Those who were just answered run first: what they ask next goes with this batch.
            await Task.Yield();
            batch.Clear();
            while (batch.Count < _parts.Options.BatchLimit && _queue.Reader.TryRead(out var pending))
                if (!pending.Abandoned) batch.Add(pending);
            await SettleAsync(batch);
        }
    }

    private async Task SettleAsync(List<Pending<TAsk, TAnswer>> asks)
    {
        var pause = TimeSpan.Zero;
        while (asks.Count > 0)
        {
            if (pause > TimeSpan.Zero) await Task.Delay(pause, _parts.Clock, CancellationToken.None);
            if (await SendAsync(asks) is not { } failure)
            {
                asks = Answer(asks);
                pause = TimeSpan.Zero;
                continue;
            }

            switch (Failures.KindOf(failure))
            {
                case FailureKind.BadData when asks.Count > 1:
                    await SettleAsync([.. asks.Take(asks.Count / 2)]);
                    await SettleAsync([.. asks.Skip(asks.Count / 2)]);
                    return;
                case FailureKind.Contended or FailureKind.Away when Patient is not null:
                    HandOver(asks);
                    return;
                case FailureKind.Contended:
                    await SettleApartAsync(asks, failure);
                    return;
                case FailureKind.Away:
                    asks = [.. asks.Where(ask => MayWait(ask, failure))];
                    pause = Longer(pause);
                    break;
                default:
                    foreach (var ask in asks) ask.Fail(failure);
                    return;
            }
        }
    }

    // Somebody else holds a row for long: asks for other keys must not wait for it, and those for this one go to the end of the queue.
    private async Task SettleApartAsync(List<Pending<TAsk, TAnswer>> asks, Exception failure)
    {
        var apart = KeyOf is { } keyOf ? asks.GroupBy(ask => keyOf(ask.Ask)).Select(group => group.ToList()).ToList() : [];
        if (apart.Count > 1) foreach (var group in apart) await SettleAsync(group);
        else Requeue(asks.Where(ask => MayWait(ask, failure)));
    }

    private async Task<Exception?> SendAsync(List<Pending<TAsk, TAnswer>> asks)
    {
        var start = _parts.Clock.GetTimestamp();
        var failure = await _lane.TryAsync(asks);
        if (failure is null) _parts.Meter.Committed(_name, asks.Count, _parts.Clock.GetElapsedTime(start));
        else _parts.Meter.Failed(_name, Failures.KindOf(failure));
        return failure;
    }

    // Returns those that are to be sent once more.
    private List<Pending<TAsk, TAnswer>> Answer(List<Pending<TAsk, TAnswer>> asks)
    {
        foreach (var ask in asks) ask.Give();
        var undecided = asks.Where(ask => !ask.HasAnswer);
        if (Patient is null) return [.. undecided.Where(ask => MayWait(ask, null))];
        HandOver(undecided);
        return [];
    }

    private void HandOver(IEnumerable<Pending<TAsk, TAnswer>> asks)
    {
        Debug.Assert(Patient is not null, "only a queue with a patient one behind it hands over");
        Patient.Requeue(asks);
    }

    // What was once taken may have been done, so it is not refused as overload.
    private void Requeue(IEnumerable<Pending<TAsk, TAnswer>> asks)
    {
        foreach (var ask in asks)
            if (!_queue.Writer.TryWrite(ask))
                ask.Fail(new StorageUnavailableException($"The queue to ask again by is full or closing ({_name})."));
    }

    private bool MayWait(Pending<TAsk, TAnswer> ask, Exception? failure)
    {
        if (ask.Abandoned) return false;
        if (_parts.Clock.GetElapsedTime(ask.Since) < _parts.Options.Patience) return true;
        ask.Fail(new StorageUnavailableException($"No answer from the database within {_parts.Options.Patience} ({_name}).", failure));
        return false;
    }

    private LedgerOverloadedException Overloaded() => new($"The queue of the ledger is full or closing ({_name}).");

    private static TimeSpan Longer(TimeSpan pause) =>
        pause == TimeSpan.Zero ? ShortestPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;
}
