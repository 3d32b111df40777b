namespace CredBroker.Server.Ledger;

/// <summary>Reads tasks, many callers in one round trip: exact, never cached. Thread-safe.</summary>
internal sealed class TaskReader : IAsyncDisposable
{
    private readonly Batcher<Guid, TaskRow?> _reads;

    /// <summary>Starts the loop.</summary>
    public TaskReader(LedgerParts parts) => _reads = new("task", parts, () => new TaskStatement());

    /// <summary>The task, the history of its tree, and whether it is live; null: there is no such task.</summary>
    /// <exception cref="LedgerOverloadedException">Too many asks wait.</exception>
    /// <exception cref="StorageUnavailableException">The database is away.</exception>
    public ValueTask<TaskRow?> ReadAsync(Core.Tasks.TaskId taskId, CancellationToken ct) => _reads.AskAsync(taskId.Value, ct);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _reads.DisposeAsync();
}
