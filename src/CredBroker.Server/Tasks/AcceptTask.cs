using System.Diagnostics;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using CredBroker.Server.Wire;
using Npgsql;
using NpgsqlTypes;

using CredBroker.V1;

namespace CredBroker.Server.Tasks;

/// <summary>
/// AcceptTask: takes a task that was delegated to the calling workload. Accepting twice is fine and says so. Refusals: malformed fields;
/// not the caller's task, or over (denied, recorded); too many live tasks; a request id used for something else.
/// </summary>
internal sealed class AcceptTask(OncePerRequest once, OwnTask own, LiveCatalog catalog, AuditAppender audit, TimeProvider clock)
{
    // By the database's clock, and only while all above are live: theirs may run out between two calls.
    private const string Accept = """
        UPDATE tasks t SET state = 1, heartbeat_interval = $2, heartbeat_due = coalesce(clock_timestamp() + $2, 'infinity')
        WHERE t.id = $1 AND t.state = 0 AND t.deadline > clock_timestamp() AND cardinality(t.ancestors) = (
          SELECT count(*) FROM tasks a WHERE a.id = ANY(t.ancestors)
            AND a.state = 1 AND a.deadline > clock_timestamp() AND a.heartbeat_due > clock_timestamp())
        """;

    public async Task<Reply<AcceptTaskResponse>> HandleAsync(AcceptTaskRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        var requestId = fields.RequestId(request.RequestId);
        var taskId = fields.TaskId(request.TaskId);
        var heartbeat = fields.Duration(
            request.HeartbeatInterval, "heartbeat_interval", TaskLimits.MinHeartbeatInterval, TaskLimits.MaxHeartbeatInterval);
        if (fields.Refusal is { } malformed) return Reply.Refuse<AcceptTaskResponse>(malformed);
        if (await own.RefuseAsync(taskId, caller, "AcceptTask", ct) is { } denied) return denied.As<AcceptTaskResponse>();

        var ask = new AcceptAsk
        {
            Task = taskId, Decision = DecisionId.New(clock.GetUtcNow()), Workload = caller.Workload!.Value, HeartbeatInterval = heartbeat,
        };
        var reply = await once.RunAsync(caller, requestId, request, transaction => DecideAsync(transaction, ask, ct), ct);
        if (reply is Reply<AcceptTaskResponse>.Refused { DecisionId: { } decision, Refusal: var refusal })
            await audit.AppendAsync(AuditPayloads.TaskDenied(clock.GetUtcNow(), decision, taskId, caller.Name, "AcceptTask", refusal), ct);
        return reply;
    }

    private async Task<Reply<AcceptTaskResponse>> DecideAsync(NpgsqlTransaction transaction, AcceptAsk ask, CancellationToken ct)
    {
        var row = await HeldTask.TakeAsync(transaction, ask.Task, ct);
        var snapshot = await catalog.HoldAsync(transaction, ct);
        var live = await LiveTasks.CountAsync(transaction, ask.Workload, ct);
        var facts = new AcceptFacts(
            row is null ? null : TaskRowFacts.Of(row), live, snapshot.Catalog.FindWorkload(ask.Workload)?.Limits.LiveTasks);
        switch (Accepting.Decide(ask, facts, clock.GetUtcNow()))
        {
            case AcceptDecision.Accepted:
                if (!await AcceptAsync(transaction, ask, ct)) return Reply.Refuse<AcceptTaskResponse>(new(Reason.TaskOver), ask.Decision);
                await AuditEntries.InsertAsync(transaction, DelegationPayloads.Accepted(clock.GetUtcNow(), ask, snapshot.Version), ct);
                return Reply.Of(new AcceptTaskResponse
                {
                    Task = TaskMessages.Of((await HeldTask.TakeAsync(transaction, ask.Task, ct))!), DecisionId = ask.Decision.ToString(),
                });
            case AcceptDecision.Already:
                return Reply.Of(new AcceptTaskResponse { Task = TaskMessages.Of(row!), AlreadyAccepted = true });
            case AcceptDecision.Denied(var refusal) when refusal.IsDenial:
                return Reply.Refuse<AcceptTaskResponse>(refusal, ask.Decision);
            case AcceptDecision.Denied(var refusal):
                return Reply.Refuse<AcceptTaskResponse>(refusal);
            default:
                throw new UnreachableException();
        }
    }

    // False: its deadline, or one above it, came to pass.
    private static async Task<bool> AcceptAsync(NpgsqlTransaction transaction, AcceptAsk ask, CancellationToken ct)
    {
        await using var accept = new NpgsqlCommand(Accept, transaction.Connection, transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = ask.Task.Value },
                new NpgsqlParameter<TimeSpan?> { TypedValue = ask.HeartbeatInterval, NpgsqlDbType = NpgsqlDbType.Interval },
            },
        };
        return await accept.ExecuteNonQueryAsync(ct) == 1;
    }
}
