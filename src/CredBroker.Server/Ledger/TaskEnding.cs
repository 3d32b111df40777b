using CredBroker.Core.Tasks;
using Npgsql;
using NpgsqlTypes;

namespace CredBroker.Server.Ledger;

/// <summary>The one place that ends tasks: with all their descendants, an audit entry for each, and word to those who verify offline.</summary>
/// <remarks>
/// <para>First the tasks and the descendants that can be seen are locked, in the order of their ids as everybody does. Whoever creates a
/// descendant share-locks all its ancestors, so from here on none can appear, and the second statement, whose snapshot is newer, sees all
/// that were made before: a grandchild cannot stay behind. Tokens are not touched: they are valid only while their task is.</para>
/// <para>The cost is that of the live tasks of the trees concerned, whatever the number of tokens.</para>
/// </remarks>
internal sealed class TaskEnding(TimeProvider clock)
{
    /// <summary>The channel that wakes readers of the revocations; the payload is of no meaning.</summary>
    public const string Channel = "credbroker";

    private const short TaskTree = 1;

    // Of the trees that the named tasks ($1) belong to: what is live, and named or below what is named.
    private const string Concerned = """
        t.root_id = ANY(ARRAY(SELECT x.root_id FROM tasks x WHERE x.id = ANY($1))) AND t.state < 2 AND (t.id = ANY($1) OR t.ancestors && $1)
        """;

    private const string LockSql = $"""
        SELECT count(*) FROM (SELECT FROM tasks t WHERE {Concerned} ORDER BY t.id FOR NO KEY UPDATE) AS locked
        """;

    private const string EndSql = $"""
        WITH doomed AS (SELECT t.id FROM tasks t WHERE {Concerned} ORDER BY t.id FOR NO KEY UPDATE)
        UPDATE tasks t SET state = 2, ended_at = clock_timestamp(),
          end_cause = CASE WHEN t.id = ANY($1) THEN $2 ELSE 7 END, end_summary = CASE WHEN t.id = ANY($1) THEN $3 END
        FROM doomed d WHERE t.id = d.id AND t.state < 2
        RETURNING t.id, t.root_id, t.parent_id, t.workload, t.initiator, t.end_cause, t.ended_at, t.spent, t.ancestors && $1
        """;

    private const string RevokeSql = """
        INSERT INTO revocations (id, kind, subject, cause) SELECT r.id, $3, r.subject, $4 FROM unnest($1::uuid[], $2::text[]) AS r(id, subject)
        """;

    /// <summary>Ends tasks and their descendants within the caller's transaction, which must be at read committed.</summary>
    /// <returns>Every task that ended, named or below. Empty when all had ended before: then nothing was written.</returns>
    /// <exception cref="PostgresException">40P01 when it met another one that ends the same trees from elsewhere: run the transaction again.</exception>
    public async Task<IReadOnlyList<EndedTask>> EndAsync(NpgsqlTransaction transaction, TaskEnd end, CancellationToken ct)
    {
        var (ended, tops) = await EndTasksAsync(transaction, end, ct);
        if (ended.Count > 0) await RecordAsync(transaction, end, ended, tops, ct);
        return ended;
    }

    private static async Task<(List<EndedTask> Ended, List<TaskId> Tops)> EndTasksAsync(NpgsqlTransaction transaction, TaskEnd end, CancellationToken ct)
    {
        var named = end.Tasks.Select(id => id.Value).ToArray();
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands =
            {
                new(LockSql) { Parameters = { new() { Value = named } } },
                new(EndSql)
                {
                    Parameters =
                    {
                        new() { Value = named },
                        new() { Value = (short)end.Cause },
                        new() { Value = (object?)end.Summary ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                    },
                },
            },
        };

        var ended = new List<EndedTask>();
        var tops = new List<TaskId>();
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var task = RowOf(reader);
            ended.Add(task);
            if (!reader.GetBoolean(8)) tops.Add(task.Id);
        }

        return (ended, tops);
    }

    // One revocation for the top of each tree that ended: readers take what is below with it.
    private async Task RecordAsync(NpgsqlTransaction transaction, TaskEnd end, List<EndedTask> ended, List<TaskId> tops, CancellationToken ct)
    {
        var audit = new AuditStatement();
        await using var batch = audit.Batch;
        foreach (var task in ended) audit.Add(end.Audit(task));
        batch.BatchCommands.Add(new(RevokeSql)
        {
            Parameters =
            {
                new() { Value = tops.Select(_ => Guid.CreateVersion7(clock.GetUtcNow())).ToArray() },
                new() { Value = tops.Select(id => id.ToString()).ToArray() },
                new() { Value = TaskTree },
                new() { Value = TextOf(end.Cause) },
            },
        });
        batch.BatchCommands.Add(new("SELECT pg_notify($1, '')") { Parameters = { new() { Value = Channel } } });
        batch.Connection = transaction.Connection;
        batch.Transaction = transaction;
        await batch.ExecuteNonQueryAsync(ct);
    }

    private static EndedTask RowOf(NpgsqlDataReader reader) => new(
        TaskId.Of(reader.GetGuid(0)), TaskId.Of(reader.GetGuid(1)), reader.IsDBNull(2) ? null : TaskId.Of(reader.GetGuid(2)),
        reader.GetString(3), reader.GetString(4), (EndCause)reader.GetInt16(5), reader.GetFieldValue<DateTimeOffset>(6), reader.GetInt32(7));

    private static string TextOf(EndCause cause) => cause switch
    {
        EndCause.Completed => "completed",
        EndCause.Failed => "failed",
        EndCause.Cancelled => "cancelled",
        EndCause.Deadline => "deadline",
        EndCause.HeartbeatLost => "heartbeat_lost",
        EndCause.Revoked => "revoked",
        _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, "Nothing ends by itself for this cause."),
    };
}
