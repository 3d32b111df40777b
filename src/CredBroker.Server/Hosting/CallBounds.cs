namespace CredBroker.Server.Hosting;

/// <summary>
/// Ends the wait of calls that last too long: one cancellation for all that began within the same tenth of a second, so that a call needs no
/// timer of its own. Thread-safe.
/// </summary>
internal sealed class CallBounds(BrokerOptions options, TimeProvider clock)
{
    private static readonly TimeSpan s_slot = TimeSpan.FromMilliseconds(100);
    private readonly Lock _gate = new();
    private Slot? _current;

    /// <summary>Cancelled after <see cref="BrokerOptions.CallTimeout"/>, and at most a tenth of a second before.</summary>
    public CancellationToken Next() => (IsOpen(Volatile.Read(ref _current)) ?? Open()).Token;

    private Slot? IsOpen(Slot? slot) => slot is not null && clock.GetElapsedTime(slot.Began) < s_slot ? slot : null;

    private Slot Open()
    {
        lock (_gate)
        {
            if (IsOpen(_current) is { } opened) return opened;
            // Its timer lets go of it when it has fired: nothing to dispose.
            return _current = new(clock.GetTimestamp(), new CancellationTokenSource(options.CallTimeout).Token);
        }
    }

    private sealed record Slot(long Began, CancellationToken Token);
}
