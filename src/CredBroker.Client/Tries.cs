namespace CredBroker.Client;

/// <summary>What one call has already been repeated for: each cause has its own bound.</summary>
internal sealed class Tries
{
    private bool _nonce;
    private bool _renewal;
    private int _away;

    /// <summary>True once.</summary>
    public bool TakeNonce() => !_nonce && (_nonce = true);

    /// <summary>True once.</summary>
    public bool TakeRenewal() => !_renewal && (_renewal = true);

    /// <summary>How long to wait before the next try; null when there were enough.</summary>
    public TimeSpan? TakeWait() => ++_away < Backoff.MaxTries ? Backoff.Next(_away) : null;
}
