using CredBroker.Core.Identity;
using Npgsql;

namespace CredBroker.Server.Tasks;

/// <summary>Counts a workload's live tasks so that two concurrent starts cannot both take the last place. A task that waits to be accepted takes
/// none: or another workload could fill all places by delegating.</summary>
internal static class LiveTasks
{
    /// <summary>Counts, after waiting for other starts and acceptances of the same workload, which then wait for this transaction.</summary>
    public static async Task<int> CountAsync(NpgsqlTransaction transaction, SpiffeId workload, CancellationToken ct)
    {
        // Two keys: a space of advisory locks of its own. The lock is a statement of its own, so the count sees what its last holder did.
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands =
            {
                new("SELECT pg_advisory_xact_lock(1, hashtext($1))") { Parameters = { new NpgsqlParameter<string> { TypedValue = workload.ToString() } } },
                new("SELECT count(*)::int FROM tasks WHERE workload = $1 AND state = 1 AND deadline > clock_timestamp() AND heartbeat_due > clock_timestamp()")
                {
                    Parameters = { new NpgsqlParameter<string> { TypedValue = workload.ToString() } },
                },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        return reader.GetInt32(0);
    }
}
