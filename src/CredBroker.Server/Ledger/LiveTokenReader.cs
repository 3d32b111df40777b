namespace CredBroker.Server.Ledger;

/// <summary>Reads tokens that are valid now, many callers in one round trip: exact, never cached. Thread-safe.</summary>
/// <remarks>More than one loop, so that the database reads for one batch while another one's answers go out.</remarks>
internal sealed class LiveTokenReader : IAsyncDisposable
{
    private readonly Batcher<Guid, LiveToken?>[] _loops;

    /// <summary>Starts the loops.</summary>
    public LiveTokenReader(LedgerParts parts)
    {
        _loops = new Batcher<Guid, LiveToken?>[parts.Options.ReaderLoops];
        for (var i = 0; i < _loops.Length; i++) _loops[i] = new($"live_token.{i}", parts, () => new LiveTokenStatement());
    }

    /// <summary>The token; null: it is not valid, or was never minted.</summary>
    /// <exception cref="LedgerOverloadedException">Too many asks wait.</exception>
    /// <exception cref="StorageUnavailableException">The database is away.</exception>
    public ValueTask<LiveToken?> ReadAsync(Core.Tokens.Jti jti, CancellationToken ct) =>
        _loops[unchecked((uint)jti.GetHashCode()) % (uint)_loops.Length].AskAsync(jti.Value, ct);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var loop in _loops) await loop.DisposeAsync();
    }
}
