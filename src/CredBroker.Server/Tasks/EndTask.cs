using System.Diagnostics;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using CredBroker.Server.Wire;
using Google.Protobuf.WellKnownTypes;
using EndCause = CredBroker.Core.Tasks.EndCause;

using CredBroker.V1;

namespace CredBroker.Server.Tasks;

/// <summary>
/// EndTask: ends a task of the caller's with its descendants, and so every token under them. Ending twice is fine and says so. Refusals:
/// malformed fields; neither the caller's task nor one that it delegated and cancels, or a waiting one that is not cancelled (denied,
/// recorded).
/// </summary>
internal sealed class EndTask(
    OncePerRequest once, OwnTask own, TaskReader tasks, TaskEnding ending, LiveCatalog catalog, TextKeepings keepings, TimeProvider clock)
{
    public async Task<Reply<EndTaskResponse>> HandleAsync(EndTaskRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        var requestId = fields.RequestId(request.RequestId);
        var taskId = fields.TaskId(request.TaskId);
        var summary = fields.Text(request.Summary, "summary", 0, TaskLimits.MaxTextBytes);
        if (CauseOf(request.Outcome) is not { } cause)
        {
            fields.Refuse(Reason.FieldMalformed, "outcome", "completed, failed or cancelled is expected");
            return Reply.Refuse<EndTaskResponse>(fields.Refusal!.Value);
        }

        if (fields.Refusal is { } malformed) return Reply.Refuse<EndTaskResponse>(malformed);
        var (task, denied) = await own.FindAsync(taskId, caller, "EndTask", orDelegated: cause == EndCause.Cancelled, ct);
        if (task is null) return denied!.As<EndTaskResponse>();
        if (TaskStateTable.Step(task.State, EventOf(cause)) is TaskStep.Refused(var reason))
            return (await own.DenyAsync(taskId, new(reason), caller, "EndTask", ct)).As<EndTaskResponse>();

        var kept = summary.Length == 0 ? null : keepings.Of(catalog.Current.Catalog.Settings.Prompts).Keep(summary);
        return await once.RunAsync(caller, requestId, request, async transaction =>
        {
            var end = new TaskEnd([taskId], cause, kept, task => AuditPayloads.TaskEnded(
                clock.GetUtcNow(), task.Id, task.Workload, task.Cause, task.Spent, caller.Name));
            var ended = await ending.EndAsync(transaction, end, ct);
            return Reply.Of(ended.FirstOrDefault(task => task.Id == taskId) is { } itself
                ? new EndTaskResponse
                {
                    DescendantsEnded = ended.Count - 1, EndedAt = itself.EndedAt.ToTimestamp(), EndCause = TaskMessages.CauseOf(itself.Cause),
                }
                : await AlreadyAsync(taskId, ct));
        }, ct);
    }

    private async Task<EndTaskResponse> AlreadyAsync(TaskId taskId, CancellationToken ct) => await tasks.ReadAsync(taskId, ct) switch
    {
        { EndedAt: { } endedAt, EndCause: { } cause } => new EndTaskResponse
        {
            AlreadyEnded = true, EndedAt = endedAt.ToTimestamp(), EndCause = TaskMessages.CauseOf(cause),
        },
        _ => throw new UnreachableException("A task that could not be ended had ended before."),
    };

    private static TaskEvent EventOf(EndCause cause) => cause switch
    {
        EndCause.Completed => TaskEvent.Complete,
        EndCause.Failed => TaskEvent.Fail,
        _ => TaskEvent.Cancel,
    };

    private static EndCause? CauseOf(Outcome outcome) => outcome switch
    {
        Outcome.Completed => EndCause.Completed,
        Outcome.Failed => EndCause.Failed,
        Outcome.Cancelled => EndCause.Cancelled,
        _ => null,
    };
}
