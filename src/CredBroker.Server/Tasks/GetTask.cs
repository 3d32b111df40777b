using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.Server.Wire;

using CredBroker.V1;

namespace CredBroker.Server.Tasks;

/// <summary>GetTask: a task of the caller's, or one that it delegated, as it stands. Refusals: malformed id; neither of them (denied, recorded).</summary>
internal sealed class GetTask(OwnTask own)
{
    public async Task<Reply<GetTaskResponse>> HandleAsync(GetTaskRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        var taskId = fields.TaskId(request.TaskId);
        if (fields.Refusal is { } malformed) return Reply.Refuse<GetTaskResponse>(malformed);

        var (task, denial) = await own.FindAsync(taskId, caller, "GetTask", orDelegated: true, ct);
        return task is null ? denial!.As<GetTaskResponse>() : Reply.Of(new GetTaskResponse { Task = TaskMessages.Of(task) });
    }
}
