using Microsoft.EntityFrameworkCore;
using Quartz;

namespace CredBroker.Server.Storage;

/// <summary>Job: says that this replica runs, and forgets replicas that have been silent for a day.</summary>
[DisallowConcurrentExecution]
internal sealed class BeatReplica(IDbContextFactory<BrokerDb> databases, Replica replica) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO replicas (id, host, version) VALUES ({replica.Id}, {replica.Host}, {BrokerVersion.Current})
            ON CONFLICT (id) DO UPDATE SET heartbeat_at = clock_timestamp()
            """, cancellationToken);
        await db.Database.ExecuteSqlAsync($"DELETE FROM replicas WHERE heartbeat_at < clock_timestamp() - interval '1 day'", cancellationToken);
    }
}
