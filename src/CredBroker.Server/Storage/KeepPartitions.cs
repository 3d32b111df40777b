using Microsoft.Extensions.Logging;
using Npgsql;
using Quartz;

namespace CredBroker.Server.Storage;

/// <summary>Keeps partitions ahead of time and drops old ones; in every replica, for the work itself takes a lock.</summary>
[DisallowConcurrentExecution]
internal sealed class KeepPartitions(Partitions partitions, ILogger<KeepPartitions> logger) : IJob
{
    /// <summary>Far below the two days that the partitions are ahead, so that many runs may fail.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        try
        {
            await partitions.KeepAsync(cancellationToken);
        }
        catch (NpgsqlException away)
        {
            logger.PartitionsNotKept(away); // the next run tries again; readiness ends long before partitions do
        }
    }
}
