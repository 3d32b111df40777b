using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Server.Wire;
using Google.Protobuf.WellKnownTypes;
using Npgsql;

using CredBroker.V1;

namespace CredBroker.Server.Tasks;

/// <summary>
/// Heartbeat: says that a task is still worked on. Harmless to repeat, so its request id is only checked for form. Refusals: malformed
/// ids; not the caller's task, or waiting, or over (denied, recorded).
/// </summary>
internal sealed class Heartbeat(OwnTask own, NpgsqlDataSource database)
{
    // One guarded statement: a task that is over by the database's clock, or below one that is, stays over.
    private const string Beat = """
        UPDATE tasks t SET heartbeat_due = CASE WHEN t.heartbeat_interval IS NULL THEN t.heartbeat_due ELSE clock_timestamp() + t.heartbeat_interval END
        WHERE t.id = $1 AND t.state = 1 AND t.deadline > clock_timestamp() AND t.heartbeat_due > clock_timestamp()
          AND NOT EXISTS (SELECT FROM tasks a WHERE a.id = ANY(t.ancestors)
            AND (a.state <> 1 OR a.deadline <= clock_timestamp() OR a.heartbeat_due <= clock_timestamp()))
        RETURNING NULLIF(t.heartbeat_due, 'infinity'), t.deadline
        """;

    public async Task<Reply<HeartbeatResponse>> HandleAsync(HeartbeatRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        fields.RequestId(request.RequestId);
        var taskId = fields.TaskId(request.TaskId);
        if (fields.Refusal is { } malformed) return Reply.Refuse<HeartbeatResponse>(malformed);
        var (task, denied) = await own.FindAsync(taskId, caller, "Heartbeat", orDelegated: false, ct);
        if (task is null) return denied!.As<HeartbeatResponse>();

        if (await BeatAsync(taskId, ct) is { } beaten) return Reply.Of(beaten);
        var reason = TaskStateTable.Step(task.State, TaskEvent.Heartbeat) is TaskStep.Refused refused ? refused.Reason : Reason.TaskOver;
        return (await own.DenyAsync(taskId, new(reason), caller, "Heartbeat", ct)).As<HeartbeatResponse>();
    }

    private async Task<HeartbeatResponse?> BeatAsync(TaskId taskId, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Beat);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = taskId.Value });
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct)) return null;
        return new HeartbeatResponse
        {
            HeartbeatDue = await reader.IsDBNullAsync(0, ct) ? null : (await reader.GetFieldValueAsync<DateTimeOffset>(0, ct)).ToTimestamp(),
            Deadline = (await reader.GetFieldValueAsync<DateTimeOffset>(1, ct)).ToTimestamp(),
        };
    }
}
