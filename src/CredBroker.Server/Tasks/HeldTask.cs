using CredBroker.Core.Tasks;
using CredBroker.Server.Ledger;
using Npgsql;
using NpgsqlTypes;

namespace CredBroker.Server.Tasks;

/// <summary>
/// A task that nobody changes before the transaction ends. Whoever takes one does so before the catalog's lock: whoever holds that must
/// not wait for rows of tasks (Ledger/MintSql.cs).
/// </summary>
internal static class HeldTask
{
    // Alone, and first: the version of the tree's history moves with every delegation.
    private const string LockRoot = "SELECT FROM tasks WHERE id = (SELECT p.root_id FROM tasks p WHERE p.id = $1) FOR NO KEY UPDATE";

    // In the order of their ids, as everybody does. Ending any of them has to wait, and then sees the child that is made here: a lock on
    // the parent alone would let a grandchild outlive the root that is being ended.
    private const string ShareAbove = """
        SELECT count(*) FROM (SELECT FROM tasks WHERE id = ANY(ARRAY(SELECT unnest(p.ancestors) FROM tasks p WHERE p.id = $1)) ORDER BY id FOR SHARE) AS shared
        """;

    // Alone, because its budget or its state changes; last, because its id is above all of theirs. Two that held it in common and then
    // both wanted to change it would wait for each other.
    private const string LockItself = "SELECT FROM tasks WHERE id = $1 FOR NO KEY UPDATE";

    private const string LiveChildren = """
        SELECT count(*)::int FROM tasks c
        WHERE c.root_id = (SELECT p.root_id FROM tasks p WHERE p.id = $1) AND c.parent_id = $1
          AND c.state < 2 AND c.deadline > clock_timestamp() AND c.heartbeat_due > clock_timestamp()
        """;

    /// <summary>The task, held; null: there is none.</summary>
    public static async Task<TaskRow?> TakeAsync(NpgsqlTransaction transaction, TaskId id, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction) { BatchCommands = { About(LockItself, id), Read(id) } };
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        return await reader.ReadAsync(ct) ? TaskStatement.RowOf(reader) : null;
    }

    /// <summary>The task, held with all above it, and how many live children it has; null: there is none.</summary>
    public static async Task<(TaskRow Task, int LiveChildren)?> TakeAsParentAsync(NpgsqlTransaction transaction, TaskId id, CancellationToken ct)
    {
        // Each statement has a snapshot of its own: the last two see what the last holder of the locks committed.
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands = { About(LockRoot, id), About(ShareAbove, id), About(LockItself, id), About(LiveChildren, id), Read(id) },
        };
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        var children = reader.GetInt32(0);
        await reader.NextResultAsync(ct);
        return await reader.ReadAsync(ct) ? (TaskStatement.RowOf(reader), children) : null;
    }

    private static NpgsqlBatchCommand About(string sql, TaskId id) => new(sql) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = id.Value } } };

    private static NpgsqlBatchCommand Read(TaskId id) => new(TaskStatement.Sql)
    {
        Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = [id.Value], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid } },
    };
}
