using CredBroker.Core.Audit;
using Npgsql;

namespace CredBroker.Server.Ledger;

/// <summary>Writes an audit entry in the transaction of what it records.</summary>
internal static class AuditEntries
{
    public static async Task InsertAsync(NpgsqlTransaction transaction, AuditEntry entry, CancellationToken ct)
    {
        var statement = new AuditStatement();
        await using var batch = statement.Batch;
        statement.Add(entry);
        batch.Connection = transaction.Connection;
        batch.Transaction = transaction;
        await batch.ExecuteNonQueryAsync(ct);
    }
}
