namespace CredBroker.Server.Ledger;

/// <summary>Commits mints in groups: many tokens and their audit entries in one transaction. Thread-safe.</summary>
/// <remarks>
/// A tree's mints always go through the same loop, so loops of one replica do not lock each other out. What finds a row locked by somebody
/// else, and what was under way when a connection broke, goes to one patient loop that waits for rows; others do not wait for them.
/// </remarks>
internal sealed class MintLedger : IAsyncDisposable
{
    private readonly Batcher<MintCommit, MintOutcome> _patient;
    private readonly Batcher<MintCommit, MintOutcome>[] _writers;

    /// <summary>Starts the loops.</summary>
    public MintLedger(LedgerParts parts)
    {
        _patient = new("mint.patient", parts, () => new MintStatement(patient: true)) { KeyOf = ask => ask.RootId.Value };
        _writers = new Batcher<MintCommit, MintOutcome>[parts.Options.WriterLoops];
        for (var i = 0; i < _writers.Length; i++)
            _writers[i] = new($"mint.{i}", parts, () => new MintStatement(patient: false)) { Patient = _patient };
    }

    /// <summary>Commits one token, or says why not. Asking again with the same token and decision answers what became of the first ask.</summary>
    /// <exception cref="LedgerOverloadedException">Too many asks wait. Nothing was done.</exception>
    /// <exception cref="StorageUnavailableException">The database is away. The outcome is unknown; asking again is safe.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits any more. The outcome is unknown.</exception>
    /// <exception cref="Npgsql.PostgresException">A bug: the ask holds what the tables refuse.</exception>
    public ValueTask<MintOutcome> CommitAsync(MintCommit ask, CancellationToken ct) =>
        _writers[unchecked((uint)ask.RootId.GetHashCode()) % (uint)_writers.Length].AskAsync(ask, ct);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers) await writer.DisposeAsync();
        await _patient.DisposeAsync();
    }
}
