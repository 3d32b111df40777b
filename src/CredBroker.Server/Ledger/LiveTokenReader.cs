namespace CredBroker.Server.Ledger;

/// <summary>Reads tokens that are valid now, many callers in one round trip: every answer is exact at a moment after the ask. Thread-safe.</summary>
/// <remarks>One loop, with a memory of its own. With two the batches are half as large, and each costs the database two thirds more.</remarks>
internal sealed class LiveTokenReader : IAsyncDisposable
{
    private readonly Batcher<Guid, LiveToken?> _reads;

    /// <summary>Starts the loop.</summary>
    public LiveTokenReader(LedgerParts parts) => _reads = new("live_token", parts, () => new LiveTokenStatement());

    /// <summary>The token; null: it is not valid, or was never minted.</summary>
    /// <exception cref="LedgerOverloadedException">Too many asks wait.</exception>
    /// <exception cref="StorageUnavailableException">The database is away.</exception>
    public ValueTask<LiveToken?> ReadAsync(Core.Tokens.Jti jti, CancellationToken ct) => _reads.AskAsync(jti.Value, ct);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _reads.DisposeAsync();
}
