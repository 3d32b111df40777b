using CredBroker.Core.Tasks;
using Npgsql;

namespace CredBroker.IntegrationTests.Ledger;

/// <summary>A transaction of somebody else that holds rows of tasks until it is disposed of.</summary>
internal sealed class HeldRow(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
{
    public NpgsqlTransaction Transaction => transaction;

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}

internal static class Holding
{
    public static Task<HeldRow> HoldAsync(this TestLedger ledger, params TaskId[] tasks) => ledger.Database.HoldAsync(tasks);

    public static async Task<HeldRow> HoldAsync(this NpgsqlDataSource database, params TaskId[] tasks)
    {
        var connection = await database.OpenConnectionAsync(TestLedger.Ct);
        var transaction = await connection.BeginTransactionAsync(TestLedger.Ct);
        await using var command = new NpgsqlCommand("SELECT id FROM tasks WHERE id = ANY($1) FOR UPDATE", connection, transaction);
        command.Parameters.Add(new() { Value = tasks.Select(t => t.Value).ToArray() });
        await command.ExecuteNonQueryAsync(TestLedger.Ct);
        return new(connection, transaction);
    }
}
