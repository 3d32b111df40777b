using CredBroker.Core.Audit;

namespace CredBroker.Server.Ledger;

/// <summary>Appends audit entries that come with no other change, many in one transaction: denials, attestations. Thread-safe.</summary>
internal sealed class AuditAppender : IAsyncDisposable
{
    private readonly Batcher<AuditEntry, bool> _appends;

    /// <summary>Starts the loop.</summary>
    public AuditAppender(LedgerParts parts) => _appends = new("audit", parts, () => new AuditStatement());

    /// <summary>Appends an entry; done when it is committed. The same entry again changes nothing.</summary>
    /// <exception cref="LedgerOverloadedException">Too many entries wait. Nothing was done.</exception>
    /// <exception cref="StorageUnavailableException">The database is away. The outcome is unknown; asking again is safe.</exception>
    public async ValueTask AppendAsync(AuditEntry entry, CancellationToken ct) => await _appends.AskAsync(entry, ct);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _appends.DisposeAsync();
}
