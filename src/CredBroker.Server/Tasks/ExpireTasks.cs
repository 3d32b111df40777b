using CredBroker.Core.Audit;
using CredBroker.Core.Tasks;
using CredBroker.Server.Ledger;
using Quartz;

namespace CredBroker.Server.Tasks;

/// <summary>
/// Job: ends tasks that are past their deadline or whose heartbeat was lost, with all below them. They were no longer live before it ran:
/// it makes that lasting, recorded, and known to those who follow the revocations.
/// </summary>
[DisallowConcurrentExecution]
internal sealed class ExpireTasks(TaskSweep sweep, TimeProvider clock) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        foreach (var cause in new[] { EndCause.Deadline, EndCause.HeartbeatLost })
            await SweepAsync(cause, cancellationToken);
    }

    private async Task SweepAsync(EndCause cause, CancellationToken ct)
    {
        while (await sweep.EndOverdueAsync(cause, task => AuditPayloads.TaskEnded(
                   clock.GetUtcNow(), task.Id, task.Workload, task.Cause, task.Spent, "broker"), ct) == TaskSweep.Limit)
            ct.ThrowIfCancellationRequested();
    }
}
