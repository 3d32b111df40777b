using CredBroker.Core.Audit;
using CredBroker.Core.Tasks;
using Npgsql;

namespace CredBroker.Server.Ledger;

/// <summary>Ends tasks that are overdue. Any number of replicas may sweep at once: each takes what no other has taken.</summary>
internal sealed class TaskSweep(NpgsqlDataSource source, TaskEnding ending)
{
    /// <summary>The most tasks of one transaction. More are hardly faster, and hold their locks for longer.</summary>
    public const int Limit = 200;

    private const int MostTries = 3;

    private const string PastDeadline = """
        SELECT id FROM tasks WHERE state < 2 AND deadline <= now() ORDER BY deadline LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
        """;

    private const string PastHeartbeat = """
        SELECT id FROM tasks WHERE state < 2 AND heartbeat_due < 'infinity' AND heartbeat_due <= now() ORDER BY heartbeat_due LIMIT $1
        FOR NO KEY UPDATE SKIP LOCKED
        """;

    /// <summary>Ends up to <see cref="Limit"/> overdue tasks, with their descendants. Call again while it returns the limit.</summary>
    /// <param name="cause"><see cref="EndCause.Deadline"/> or <see cref="EndCause.HeartbeatLost"/>.</param>
    /// <param name="audit">Makes the audit entry of each task that ends.</param>
    /// <param name="ct">Stops before the commit, never during it.</param>
    /// <returns>How many overdue tasks were taken; their descendants not counted.</returns>
    public async Task<int> EndOverdueAsync(EndCause cause, Func<EndedTask, AuditEntry> audit, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await TryEndAsync(cause, audit, ct);
            }
            catch (PostgresException deadlock) when (deadlock.SqlState == PostgresErrorCodes.DeadlockDetected && tries < MostTries)
            {
                // Somebody ends a task between two of ours: rolled back whole, and theirs is done when we try again.
            }
        }
    }

    private async Task<int> TryEndAsync(EndCause cause, Func<EndedTask, AuditEntry> audit, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, ct);
        var overdue = await ClaimOverdueAsync(transaction, cause, ct);
        if (overdue.Count == 0) return 0;
        await ending.EndAsync(transaction, new(overdue, cause, null, audit), ct);
        await transaction.CommitDurablyAsync();
        return overdue.Count;
    }

    private static async Task<List<TaskId>> ClaimOverdueAsync(NpgsqlTransaction transaction, EndCause cause, CancellationToken ct)
    {
        var sql = cause switch
        {
            EndCause.Deadline => PastDeadline,
            EndCause.HeartbeatLost => PastHeartbeat,
            _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, "Only a clock makes a task overdue."),
        };
        await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction) { Parameters = { new() { Value = Limit } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var overdue = new List<TaskId>();
        while (await reader.ReadAsync(ct)) overdue.Add(TaskId.Of(reader.GetGuid(0)));
        return overdue;
    }
}
