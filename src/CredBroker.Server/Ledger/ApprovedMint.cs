using System.Diagnostics;
using CredBroker.Core.Approvals;
using Npgsql;

namespace CredBroker.Server.Ledger;

/// <summary>
/// Commits a mint that takes an approval: the approval is used and the token minted in one transaction, or neither. One at a time, by the
/// statements of the batches in their patient form; people's answers are few.
/// </summary>
internal sealed class ApprovedMint(NpgsqlDataSource database)
{
    private const string Take = """
        UPDATE approvals a SET state = 5, used_at = clock_timestamp(), jti = $2, xid = pg_current_xact_id()
        WHERE a.id = $1 AND a.task_id = $3 AND a.state = 2 AND a.expires_at > clock_timestamp()
        """;

    private const string Note = "UPDATE tokens SET approval_id = $2 WHERE jti = $1";

    /// <summary>Commits the token with its approval, or says why not; null: the approval cannot be used, or not any more.</summary>
    /// <exception cref="NpgsqlException">The database is away. The outcome is unknown; asking again is safe.</exception>
    public async Task<MintOutcome?> CommitAsync(MintCommit mint, ApprovalId approval, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, ct);
        // Rows of tasks first, then the approval, then the catalog: the order of everybody.
        await RunAsync(transaction, MintSql.LockRows, ct, new[] { mint.TaskId.Value }, new[] { mint.RootId.Value });
        if (await RunAsync(transaction, Take, ct, approval.Value, mint.Jti.Value, mint.TaskId.Value) == 0) return null;

        var outcome = await MintAsync(transaction, mint, ct);
        if (outcome != MintOutcome.Minted) return outcome;
        if (await RunAsync(transaction, Note, ct, mint.Jti.Value, approval.Value) != 1) throw new UnreachableException("What was minted is there.");
        await RunAsync(transaction, ApprovalSql.Wake, ct, approval.Value.ToString());
        await transaction.CommitDurablyAsync();
        return MintOutcome.Minted;
    }

    private static async Task<MintOutcome> MintAsync(NpgsqlTransaction transaction, MintCommit mint, CancellationToken ct)
    {
        var statement = new MintStatement(patient: true);
        await using var batch = statement.Batch;
        statement.Add(mint);
        batch.Connection = transaction.Connection;
        batch.Transaction = transaction;
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var pending = new Pending<MintCommit, MintOutcome>(mint, 0, CancellationToken.None);
        var wait = pending.WaitAsync();
        await statement.ReadAsync(reader, [pending]);
        // The rows are held: there is nothing that could be undecided.
        if (!pending.HasAnswer) throw new UnreachableException("A patient statement decides.");
        pending.Give();
        return await wait;
    }

    private static async Task<int> RunAsync(NpgsqlTransaction transaction, string sql, CancellationToken ct, params object[] arguments)
    {
#pragma warning disable CA2100 // One of the constants above.
        await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
#pragma warning restore CA2100
        foreach (var argument in arguments) command.Parameters.Add(new() { Value = argument });
        return await command.ExecuteNonQueryAsync(ct);
    }
}
