using System.Diagnostics;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using CredBroker.Server.Wire;
using Npgsql;

using CredBroker.V1;

namespace CredBroker.Server.Tasks;

/// <summary>
/// StartTask: opens a task for the calling workload. Refusals: malformed fields; the catalog's word on envelope, lifetime and budget
/// (denied, recorded); too many live tasks; a request id used for something else.
/// </summary>
internal sealed class StartTask(OncePerRequest once, LiveCatalog catalog, TextKeepings keepings, AuditAppender audit, TimeProvider clock)
{
    public async Task<Reply<StartTaskResponse>> HandleAsync(StartTaskRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        var requestId = fields.RequestId(request.RequestId);
        var envelope = fields.Envelope(request.Envelope);
        var timeToLive = fields.RequiredDuration(request.TimeToLive, "time_to_live", TaskLimits.MinTimeToLive, TaskLimits.MaxTimeToLive);
        var heartbeat = fields.Duration(
            request.HeartbeatInterval, "heartbeat_interval", TaskLimits.MinHeartbeatInterval, TaskLimits.MaxHeartbeatInterval);
        if (fields.Refusal is { } malformed) return Reply.Refuse<StartTaskResponse>(malformed);

        var now = clock.GetUtcNow();
        var ask = new StartAsk
        {
            Task = TaskId.New(now), Decision = DecisionId.New(now), Workload = caller.Workload!.Value,
            Intent = request.Intent, Initiator = request.Initiator, Envelope = envelope!, TimeToLive = timeToLive, HeartbeatInterval = heartbeat,
            Budget = request.HasBudget ? request.Budget : null, PromptFragment = request.PromptFragment is "" ? null : request.PromptFragment,
        };
        var reply = await once.RunAsync(caller, requestId, request, transaction => DecideAsync(transaction, ask, ct), ct);
        return reply is Reply<StartTaskResponse>.Refused { DecisionId: not null } denied ? await RecordAsync(denied, ask, ct) : reply;
    }

    // The head of the catalog is read under the lock that ApplyCatalog takes alone: what is decided on it is committed before it changes.
    private async Task<Reply<StartTaskResponse>> DecideAsync(NpgsqlTransaction transaction, StartAsk ask, CancellationToken ct)
    {
        var snapshot = await catalog.HoldAsync(transaction, ct);
        var workload = snapshot.Catalog.FindWorkload(ask.Workload);
        var live = await LiveTasks.CountAsync(transaction, ask.Workload, ct);
        var limits = workload?.Limits ?? WorkloadLimits.Default;
        var facts = new StartFacts
        {
            CatalogVersion = snapshot.Version,
            Rules = [.. ask.Envelope.Capabilities.Select(capability => snapshot.Catalog.FindAction(capability.Tool, capability.Action))],
            Allowed = workload?.Allow,
            MaxTimeToLive = limits.MaxTimeToLive, MaxBudget = limits.MaxBudget, MaxLiveTasks = limits.LiveTasks, LiveTasks = live,
            Keeping = keepings.Of(snapshot.Catalog.Settings.Prompts),
        };

        switch (Starting.Decide(ask, facts, clock.GetUtcNow()))
        {
            case StartDecision.Approved(var task):
                var createdAt = await NewTask.InsertAsync(transaction, task, AuditPayloads.TaskStarted(task), ct);
                return Reply.Of(new StartTaskResponse { Task = TaskMessages.Of(task, createdAt), DecisionId = task.Decision.ToString() });
            case StartDecision.Denied(var refusal) when refusal.IsDenial:
                return Reply.Refuse<StartTaskResponse>(refusal, ask.Decision);
            case StartDecision.Denied(var refusal):
                return Reply.Refuse<StartTaskResponse>(refusal);
            default:
                throw new UnreachableException();
        }
    }

    private async Task<Reply<StartTaskResponse>> RecordAsync(Reply<StartTaskResponse>.Refused denied, StartAsk ask, CancellationToken ct)
    {
        await audit.AppendAsync(AuditPayloads.StartDenied(clock.GetUtcNow(), ask, denied.Refusal), ct);
        return denied;
    }
}
