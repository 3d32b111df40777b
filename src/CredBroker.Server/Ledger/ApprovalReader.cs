using CredBroker.Core.Approvals;
using Npgsql;

namespace CredBroker.Server.Ledger;

/// <summary>Reads approvals: exact, never cached. People are slow, so their approvals need no batches.</summary>
internal sealed class ApprovalReader(NpgsqlDataSource database)
{
    /// <summary>The approval as it is now; null: there is none, or it is long gone.</summary>
    public async Task<ApprovalRow?> FindAsync(ApprovalId id, CancellationToken ct)
    {
        await using var command = database.CreateCommand($"{ApprovalSql.Select} WHERE a.id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id.Value });
        return (await ApprovalRow.ReadAsync(command, ct)).SingleOrDefault();
    }
}
