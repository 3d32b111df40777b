using Microsoft.Extensions.Logging;
using Npgsql;
using Quartz;

namespace CredBroker.Server.Storage;

/// <summary>Deletes answers that no client waits for any more, a small batch at a time.</summary>
[DisallowConcurrentExecution]
internal sealed class ForgetRequests(NpgsqlDataSource source, TimeProvider time, ILogger<ForgetRequests> logger) : IJob
{
    /// <summary>How far a row may outlive its retention when nothing fails.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private const int Batch = 500;

    /// <summary>A backlog is worked off over several runs, so that shutting down never waits long.</summary>
    private const int BatchesPerRun = 200;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        try
        {
            var before = time.GetUtcNow() - Requests.Retention;
            for (var batch = 0; batch < BatchesPerRun; batch++)
            {
                if (await Requests.ForgetAsync(source, before, Batch, cancellationToken) < Batch) return;
            }
        }
        catch (NpgsqlException away)
        {
            logger.RequestsNotForgotten(away);
        }
    }
}
