namespace CredBroker.Server.Ledger;

/// <summary>One ask that waits for its answer. Continuations run elsewhere: the loop that answers must not run its callers.</summary>
/// <param name="ask">What is asked.</param>
/// <param name="since">Timestamp of the clock when it was asked.</param>
/// <param name="ct">Cancelled when nobody waits any more.</param>
internal sealed class Pending<TAsk, TAnswer>(TAsk ask, long since, CancellationToken ct)
    : TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private TAnswer? _answer;

    /// <summary>What is asked.</summary>
    public TAsk Ask => ask;

    /// <summary>Timestamp of the clock when it was asked.</summary>
    public long Since => since;

    /// <summary>True when nobody waits any more, so that it need not be sent.</summary>
    public bool Abandoned => ct.IsCancellationRequested;

    /// <summary>True once an answer was read; it is given only when the transaction is over.</summary>
    public bool HasAnswer { get; private set; }

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
        if (HasAnswer) TrySetResult(_answer!);
    }
}
