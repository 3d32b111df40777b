using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Server.Ledger;

namespace CredBroker.Server.Tasks;

/// <summary>A denial that was recorded.</summary>
/// <param name="Refusal">The true reason.</param>
/// <param name="Decision">What it was recorded under.</param>
internal sealed record Denial(Refusal Refusal, DecisionId Decision)
{
    /// <summary>The denial as a reply.</summary>
    public Reply<T> As<T>() => Reply.Refuse<T>(Refusal, Decision);
}

/// <summary>
/// Whether a task is the caller's. That there is no such task, and that it is somebody else's, look the same to the caller, and both are
/// recorded before it is told.
/// </summary>
internal sealed class OwnTask(TaskReader tasks, AuditAppender audit, TimeProvider clock)
{
    /// <summary>The recorded denial; null when the task is the caller's.</summary>
    public async Task<Denial?> RefuseAsync(TaskId taskId, Caller caller, string rpc, CancellationToken ct) =>
        (await FindAsync(taskId, caller, rpc, orDelegated: false, ct)).Denial;

    /// <summary>The task, or the recorded denial.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="caller">Whose it is to be.</param>
    /// <param name="rpc">What is asked for.</param>
    /// <param name="orDelegated">True when it may also be one that the caller delegated.</param>
    /// <param name="ct">Gives up the read.</param>
    public async Task<(TaskRow? Task, Denial? Denial)> FindAsync(TaskId taskId, Caller caller, string rpc, bool orDelegated, CancellationToken ct)
    {
        var task = await tasks.ReadAsync(taskId, ct);
        if (task is not null && (Is(caller, task.Workload) || (orDelegated && task.AncestorWorkloads is [.., var parent] && Is(caller, parent))))
            return (task, null);

        var reason = task is null ? Reason.UnknownTask : Reason.NotYourTask;
        return (null, await DenyAsync(taskId, new(reason), caller, rpc, ct));
    }

    /// <summary>Records a denial that concerns a task.</summary>
    public async Task<Denial> DenyAsync(TaskId taskId, Refusal refusal, Caller caller, string rpc, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var denial = new Denial(refusal, DecisionId.New(now));
        await audit.AppendAsync(AuditPayloads.TaskDenied(now, denial.Decision, taskId, caller.Name, rpc, refusal), ct);
        return denial;
    }

    private static bool Is(Caller caller, string workload) => workload == caller.Workload.ToString();
}
