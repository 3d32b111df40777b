using System.Data;
using Npgsql;

namespace CredBroker.Server.Ledger;

/// <summary>One connection and the statement that is prepared on it, both made anew after a failure. Used by one loop.</summary>
internal sealed class Lane<TAsk, TAnswer>(LedgerSource source, Func<IBatchStatement<TAsk, TAnswer>> newStatement) : IAsyncDisposable
{
    private NpgsqlConnection? _connection;
    private IBatchStatement<TAsk, TAnswer>? _statement;
    private bool _notReplicated;

    /// <summary>Sends the asks as one transaction and keeps their answers. Returns null, or what went wrong: then nothing is kept.</summary>
    /// <remarks>Not cancellable: what is on its way to a commit has an outcome, and somebody must read it.</remarks>
    public async Task<Exception?> TryAsync(IReadOnlyList<Pending<TAsk, TAnswer>> asks)
    {
        // A failure is a value here: every caller waits on this loop, so nothing may end it, whatever it is.
        var execution = ExecuteAsync(asks);
        await execution.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (execution.IsCompletedSuccessfully) return null;

        foreach (var ask in asks) ask.Forget();
        var failure = execution.Exception?.InnerException ?? new StorageUnavailableException("The driver gave up.");
        var usable = failure is PostgresException && Failures.KindOf(failure) is FailureKind.BadData or FailureKind.Contended;
        if (!usable) await HangUpAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return failure;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await HangUpAsync();

    private async Task ExecuteAsync(IReadOnlyList<Pending<TAsk, TAnswer>> asks)
    {
        var statement = _connection is { State: ConnectionState.Open } && _statement is { } prepared ? prepared : await ConnectAsync();
        statement.Clear();
        foreach (var ask in asks) statement.Add(ask.Ask);

        _notReplicated = false;
        await using (var reader = await statement.Batch.ExecuteReaderAsync(CancellationToken.None))
        {
            await statement.ReadAsync(reader, asks);
            await reader.CloseAsync();   // the rows come before the commit: only the end of the reply says that it happened
        }

        if (_notReplicated) throw new StorageUnavailableException("The wait for the standby was cancelled: the commit is on the primary only.");
    }

    // A statement is prepared on one connection for ever: Npgsql would send its names on the next one too, where nothing has them.
    private async Task<IBatchStatement<TAsk, TAnswer>> ConnectAsync()
    {
        await HangUpAsync();
        _connection = await source.OpenAsync();
        _connection.Notice += OnNotice;
        var statement = newStatement();
        foreach (var batch in statement.Batches)
        {
            batch.Connection = _connection;
            await batch.PrepareAsync(CancellationToken.None);
        }

        // Not before all are prepared: after a failure, which may be no more than a lock, the next ask connects anew.
        _statement = statement;
        return statement;
    }

    private async Task HangUpAsync()
    {
        foreach (var batch in _statement?.Batches ?? []) await batch.DisposeAsync();
        _statement = null;
        if (_connection is not { } connection) return;
        _connection = null;
        connection.Notice -= OnNotice;
        await connection.DisposeAsync();
    }

    private void OnNotice(object sender, NpgsqlNoticeEventArgs e) => _notReplicated |= DurableCommit.IsNotReplicated(e.Notice);
}
