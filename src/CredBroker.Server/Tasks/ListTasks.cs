using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.Server.Storage;
using CredBroker.Server.Wire;
using Microsoft.EntityFrameworkCore;
using TaskState = CredBroker.Core.Tasks.TaskState;

using CredBroker.V1;

namespace CredBroker.Server.Tasks;

/// <summary>ListTasks, for administrators: newest first, a page at a time. Refusals: malformed fields.</summary>
internal sealed class ListTasks(IDbContextFactory<BrokerDb> databases)
{
    private const int DefaultPage = 100;
    private const int LargestPage = 500;

    public async Task<Reply<ListTasksResponse>> HandleAsync(ListTasksRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        var size = fields.PageSize(request.PageSize, DefaultPage, LargestPage);
        var before = request.PageToken.Length == 0 ? null : (Guid?)fields.TaskId(request.PageToken, "page_token").Value;
        if (request.Workload.Length > 0 && !SpiffeId.TryParse(request.Workload, out _))
            fields.Refuse(Reason.FieldMalformed, "workload", "a SPIFFE ID is expected");
        if (!Enum.IsDefined(request.State)) fields.Refuse(Reason.FieldMalformed, "state", "not a state of a task");
        if (fields.Refusal is { } malformed) return Reply.Refuse<ListTasksResponse>(malformed);

        await using var db = await databases.CreateDbContextAsync(ct);
        var tasks = db.Tasks.AsQueryable();
        if (request.State != V1.TaskState.Unspecified)
        {
            var state = (TaskState)((int)request.State - 1);
            tasks = tasks.Where(task => task.State == state);
        }

        if (request.Workload.Length > 0) tasks = tasks.Where(task => task.Workload == request.Workload);
        if (before is { } last) tasks = tasks.Where(task => task.Id < last);
        var rows = await tasks.OrderByDescending(task => task.Id).Take(size + 1).ToListAsync(ct);

        var response = new ListTasksResponse { Tasks = { rows.Take(size).Select(TaskMessages.Of) } };
        if (rows.Count > size) response.NextPageToken = rows[size - 1].Id.ToString();
        return Reply.Of(response);
    }
}
