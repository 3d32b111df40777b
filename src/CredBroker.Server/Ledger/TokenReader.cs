namespace CredBroker.Server.Ledger;

/// <summary>Reads tokens, many callers in one round trip: exact, never cached. Thread-safe.</summary>
internal sealed class TokenReader : IAsyncDisposable
{
    private readonly Batcher<Guid, TokenRow?> _reads;

    /// <summary>Starts the loop.</summary>
    public TokenReader(LedgerParts parts) => _reads = new("token", parts, () => new TokenStatement());

    /// <summary>The token and whether it is valid now; null: it was never minted, or is long gone.</summary>
    /// <exception cref="LedgerOverloadedException">Too many asks wait.</exception>
    /// <exception cref="StorageUnavailableException">The database is away.</exception>
    public ValueTask<TokenRow?> ReadAsync(Core.Tokens.Jti jti, CancellationToken ct) => _reads.AskAsync(jti.Value, ct);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _reads.DisposeAsync();
}
