using Microsoft.Extensions.Logging;
using Quartz;

namespace CredBroker.Server.Hosting;

/// <summary>
/// The funnel of the jobs, as the pipeline is that of the calls: a job that fails is logged once and runs again at its next turn. While
/// the database is away that is said once by the watch, not by every job.
/// </summary>
internal sealed class JobFailures(DatabaseWatch database, ILogger<JobFailures> log) : IJobExecutionMiddleware
{
    public async ValueTask Invoke(IJobExecutionContext context, JobExecutionDelegate next, CancellationToken cancellationToken = default)
    {
        try
        {
            await next(context, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process stops: whatever the job claimed was rolled back, and another replica takes it.
        }
        catch (Exception exception) when (DatabaseFailure.Is(exception))
        {
            database.Suspect();
        }
#pragma warning disable CA1031 // The funnel: whatever a job throws is logged here, and must not end the scheduler.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            log.JobFailed(context.JobDetail.Key.Name, exception);
        }
    }
}
