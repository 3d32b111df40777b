using System.Threading.Tasks.Sources;

namespace CredBroker.Server.Ledger;

/// <summary>
/// One ask that waits for its answer. Continuations run elsewhere: the loop that answers must not run its callers. Awaited once; the first of
/// answer, failure and giving up counts.
/// </summary>
/// <param name="ask">What is asked.</param>
/// <param name="since">Timestamp of the clock when it was asked.</param>
/// <param name="ct">Cancelled when nobody waits any more.</param>
internal sealed class Pending<TAsk, TAnswer>(TAsk ask, long since, CancellationToken ct) : IValueTaskSource<TAnswer>
{
    private ManualResetValueTaskSourceCore<TAnswer> _end = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _givenUp;
    private TAnswer? _answer;
    private int _ended;

    /// <summary>What is asked.</summary>
    public TAsk Ask => ask;

    /// <summary>Timestamp of the clock when it was asked.</summary>
    public long Since => since;

    /// <summary>True when nobody waits any more, so that it need not be sent.</summary>
    public bool Abandoned => ct.IsCancellationRequested;

    /// <summary>True once an answer was read; it is given only when the transaction is over.</summary>
    public bool HasAnswer { get; private set; }

    /// <summary>The answer, once it is given; to be called before the ask is handed to anybody.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    public ValueTask<TAnswer> WaitAsync()
    {
        _givenUp = ct.UnsafeRegister(static (pending, ct) => ((Pending<TAsk, TAnswer>)pending!).GiveUp(ct), this);
        return new(this, _end.Version);
    }

    /// <summary>Keeps the answer of the statement.</summary>
    public void Keep(TAnswer answer)
    {
        _answer = answer;
        HasAnswer = true;
    }

    /// <summary>Drops what was kept: its transaction failed.</summary>
    public void Forget()
    {
        _answer = default;
        HasAnswer = false;
    }

    /// <summary>Gives the kept answer.</summary>
    public void Give()
    {
        if (HasAnswer && TryEnd()) _end.SetResult(_answer!);
    }

    /// <summary>Ends the wait with a failure.</summary>
    public void Fail(Exception failure)
    {
        if (TryEnd()) _end.SetException(failure);
    }

    TAnswer IValueTaskSource<TAnswer>.GetResult(short token) => _end.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TAnswer>.GetStatus(short token) => _end.GetStatus(token);

    void IValueTaskSource<TAnswer>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _end.OnCompleted(continuation, state, token, flags);

    private void GiveUp(CancellationToken cancelled)
    {
        if (TryEnd()) _end.SetException(new OperationCanceledException(cancelled));
    }

    private bool TryEnd()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return false;
        _givenUp.Unregister();
        return true;
    }
}
