namespace CredBroker.Server.Ledger;

/// <summary>Takes uses of tokens in groups: many uses and their audit entries in one transaction. Thread-safe.</summary>
/// <remarks>
/// A token's uses always go through the same loop, so loops of one replica do not lock each other out. What finds its token locked by
/// somebody else, or its uses spent, and what was under way when a connection broke, goes to one patient loop that waits for rows.
/// </remarks>
internal sealed class AuthorizeLedger : IAsyncDisposable
{
    private readonly Batcher<AuthorizeCommit, AuthorizeAnswer> _patient;
    private readonly Batcher<AuthorizeCommit, AuthorizeAnswer>[] _writers;

    /// <summary>Starts the loops.</summary>
    public AuthorizeLedger(LedgerParts parts)
    {
        _patient = new("authorize.patient", parts, () => new AuthorizeStatement(patient: true)) { KeyOf = ask => ask.Use.Jti.Value };
        _writers = new Batcher<AuthorizeCommit, AuthorizeAnswer>[parts.Options.WriterLoops];
        for (var i = 0; i < _writers.Length; i++)
            _writers[i] = new($"authorize.{i}", parts, () => new AuthorizeStatement(patient: false)) { Patient = _patient };
    }

    /// <summary>Takes one use, or says why not. Asking again with the same use and decision answers what became of the first ask.</summary>
    /// <exception cref="LedgerOverloadedException">Too many asks wait. Nothing was done.</exception>
    /// <exception cref="StorageUnavailableException">The database is away. The outcome is unknown; asking again is safe.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits any more. The outcome is unknown.</exception>
    /// <exception cref="Npgsql.PostgresException">A bug: the ask holds what the tables refuse.</exception>
    public ValueTask<AuthorizeAnswer> CommitAsync(AuthorizeCommit ask, CancellationToken ct) =>
        _writers[unchecked((uint)ask.Use.Jti.GetHashCode()) % (uint)_writers.Length].AskAsync(ask, ct);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers) await writer.DisposeAsync();
        await _patient.DisposeAsync();
    }
}
