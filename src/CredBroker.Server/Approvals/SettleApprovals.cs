using CredBroker.Core.Approvals;
using CredBroker.Core.Audit;
using CredBroker.Core.Tasks;
using CredBroker.Server.Ledger;
using Npgsql;
using Quartz;

namespace CredBroker.Server.Approvals;

/// <summary>
/// Job: writes down that approvals have expired, or were cancelled with their task. They could not be decided or used any more before it
/// ran: it makes that lasting, recorded, and known to those who wait.
/// </summary>
[DisallowConcurrentExecution]
internal sealed class SettleApprovals(NpgsqlDataSource database, TimeProvider clock) : IJob
{
    private const int Batch = 200;

    private const string Settle = $"""
        WITH over AS (
          SELECT a.id, {ApprovalSql.State} AS state FROM approvals a JOIN LATERAL (SELECT * FROM tasks x WHERE x.id = a.task_id OFFSET 0) AS k ON true
          WHERE a.state < 3 AND {ApprovalSql.State} > 3 ORDER BY a.id LIMIT $1 FOR UPDATE OF a SKIP LOCKED)
        UPDATE approvals a SET state = over.state, xid = pg_current_xact_id() FROM over WHERE a.id = over.id AND a.state < 3
        RETURNING a.id, a.task_id, a.state
        """;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        while (await SettleAsync(cancellationToken) == Batch) cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<int> SettleAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, ct);
        var entries = new List<AuditEntry>();
        var settled = new List<Guid>();
        await using (var command = new NpgsqlCommand(Settle, connection, transaction) { Parameters = { new NpgsqlParameter<int> { TypedValue = Batch } } })
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                settled.Add(reader.GetGuid(0));
                entries.Add(ApprovalPayloads.Lapsed(
                    clock.GetUtcNow(), TaskId.Of(reader.GetGuid(1)), ApprovalId.Of(reader.GetGuid(0)), (ApprovalState)reader.GetInt16(2)));
            }
        }

        if (settled.Count == 0) return 0;
        await AuditStatement.WriteAsync(transaction, entries, ct);
        foreach (var id in settled)
        {
            await using var wake = new NpgsqlCommand(ApprovalSql.Wake, connection, transaction) { Parameters = { new NpgsqlParameter<string> { TypedValue = id.ToString() } } };
            await wake.ExecuteNonQueryAsync(ct);
        }

        await transaction.CommitDurablyAsync();
        return settled.Count;
    }
}
