using System.CommandLine;
using CredBroker.Cli.Output;
using CredBroker.V1;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker task list</c>.</summary>
internal static class TaskListCommand
{
    // What one answer may hold (admin.proto).
    private const int PageSize = 500;

    public static Command Build(Shell shell)
    {
        var state = new Option<TaskState>("--state") { HelpName = "waiting|active|ended", Description = "Only tasks in this state." };
        state.CustomParser = result => result.Tokens[0].Value switch
        {
            "waiting" => TaskState.Waiting,
            "active" => TaskState.Active,
            "ended" => TaskState.Ended,
            var other => Refuse(result, other),
        };
        var workload = new Option<string?>("--workload") { HelpName = "SPIFFE-ID", Description = "Only tasks of this workload." };
        var limit = new Option<int?>("--limit") { HelpName = "COUNT", Description = "At most so many, the newest: 100 when absent." };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 1) result.AddError("--limit is at least 1.");
        });
        var tree = new Option<bool>("--tree") { Description = "Show delegated tasks below the ones that delegated." };
        var command = new Command("list", "Tasks, the newest first. Role: viewer.") { state, workload, limit, tree };
        return shell.Calling(command, async (call, ct) =>
        {
            var most = call.Get(limit) ?? 100;
            var all = new ListTasksResponse();
            do
            {
                var request = new ListTasksRequest
                {
                    State = call.Get(state),
                    Workload = call.Get(workload) ?? "",
                    PageSize = Math.Min(PageSize, most - all.Tasks.Count),
                    PageToken = all.NextPageToken,
                };
                var answer = await call.Admin.ListTasksAsync(request, cancellationToken: ct);
                all.Tasks.Add(answer.Tasks);
                all.NextPageToken = answer.NextPageToken;
            }
            while (all.NextPageToken.Length > 0 && all.Tasks.Count < most);

            return call.Answer(all, page =>
            {
                if (call.Get(tree)) TaskPage.Trees(page, all.Tasks);
                else TaskPage.List(page, all.Tasks);
            });
        });
    }

    private static TaskState Refuse(System.CommandLine.Parsing.ArgumentResult result, string value)
    {
        result.AddError($"--state {value} is none of waiting, active, ended.");
        return TaskState.Unspecified;
    }
}
