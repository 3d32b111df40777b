using Grpc.Core;

namespace CredBroker.Client;

/// <summary>
/// Holds an identity and renews it at half of its life, one renewal at a time. Until it expires, callers go on with the old one while
/// the renewal runs; after that they wait for it. Thread-safe.
/// </summary>
/// <remarks>Half: what SPIRE's agent does with SVIDs; it leaves as much time again to bridge an outage.</remarks>
internal sealed class IdentityRenewal : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<CancellationToken, Task<AgentIdentity>>? _attest;
    private readonly TimeProvider _clock;
    private AgentIdentity _held;
    private DateTimeOffset _renewAt;
    private Task<Exception?>? _renewal;

    /// <param name="held">The identity to begin with.</param>
    /// <param name="attest">Attests anew; null when the evidence cannot be repeated: the identity then ends with its expiry.</param>
    /// <param name="clock">The clock that expiry is compared with.</param>
    public IdentityRenewal(AgentIdentity held, Func<CancellationToken, Task<AgentIdentity>>? attest, TimeProvider clock)
    {
        (_held, _attest, _clock) = (held, attest, clock);
        _renewAt = HalfWay(held);
    }

    public bool CanRenew => _attest is not null;

    public AgentIdentity Held
    {
        get
        {
            lock (_gate) return _held;
        }
    }

    /// <summary>An identity to call with now.</summary>
    /// <exception cref="RpcException">It expired, and the broker refused to renew it or is away.</exception>
    public ValueTask<AgentIdentity> CurrentAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            var expired = now >= _held.ExpiresAt;
            if (_attest is null || (!expired && now < _renewAt)) return new(_held);
            _renewal ??= RenewAsync(_attest);
            return expired ? new(RenewedAsync(_renewal, ct)) : new(_held);
        }
    }

    /// <summary>Renews an identity that the broker no longer accepts, unless another call has done so since.</summary>
    public async Task ReplaceAsync(AgentIdentity refused, CancellationToken ct)
    {
        Task<Exception?> renewal;
        lock (_gate)
        {
            if (_attest is null || !ReferenceEquals(_held, refused)) return;
            renewal = _renewal ??= RenewAsync(_attest);
        }

        await RenewedAsync(renewal, ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (Running() is { } renewal) await renewal;
        _stop.Dispose();
    }

    private Task<Exception?>? Running()
    {
        lock (_gate) return _renewal;
    }

    private async Task<AgentIdentity> RenewedAsync(Task<Exception?> renewal, CancellationToken ct)
    {
        return await renewal.WaitAsync(ct) switch
        {
            null => Held,
            RpcException refused => throw refused,
            var other => throw new RpcException(new Status(StatusCode.Unauthenticated, "the identity cannot be renewed", other)),
        };
    }

    // Under the lock only until it yields, and on nobody's cancellation but our own: other calls wait for it too. A failure is a value,
    // for there may be nobody who waits.
    private async Task<Exception?> RenewAsync(Func<CancellationToken, Task<AgentIdentity>> attest)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var identity = await attest(_stop.Token);
            End(identity, HalfWay(identity));
            return null;
        }
        catch (Exception failure) when (failure is RpcException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            End(Held, TryAgainAt());
            return failure;
        }
    }

    private void End(AgentIdentity identity, DateTimeOffset renewAt)
    {
        lock (_gate)
        {
            _held = identity;
            _renewAt = renewAt;
            _renewal = null;
        }
    }

    private DateTimeOffset HalfWay(AgentIdentity identity)
    {
        var now = _clock.GetUtcNow();
        return now + ((identity.ExpiresAt - now) / 2);
    }

    // A quarter of what is left: tries come closer as the expiry does, but not more than one a second until it is there.
    private DateTimeOffset TryAgainAt()
    {
        var now = _clock.GetUtcNow();
        var pause = (Held.ExpiresAt - now) / 4;
        return now + (pause > TimeSpan.FromSeconds(1) ? pause : TimeSpan.FromSeconds(1));
    }
}
