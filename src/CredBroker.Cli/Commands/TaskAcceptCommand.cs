using System.CommandLine;
using CredBroker.Cli.Grammar;
using CredBroker.Cli.Output;
using CredBroker.V1;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker task accept</c>.</summary>
internal static class TaskAcceptCommand
{
    public static Command Build(Shell shell)
    {
        var task = RequestArguments.TaskId();
        var heartbeat = RequestArguments.Duration("--heartbeat", "Promise a heartbeat at least this often; none when absent.");
        var requestId = RequestArguments.RequestId();
        var command = new Command("accept", "Take a task that was delegated to the calling workload.") { task, heartbeat, requestId };
        return shell.Calling(command, async (call, ct) =>
        {
            var request = new AcceptTaskRequest
            {
                RequestId = call.Get(requestId) ?? call.NewRequestId(),
                TaskId = call.Get(task),
                HeartbeatInterval = call.Get(heartbeat),
            };
            var answer = await call.Tasks.AcceptTaskAsync(request, cancellationToken: ct);
            return call.Answer(answer, page =>
            {
                if (answer.AlreadyAccepted) page.Line("had been accepted");
                TaskPage.Show(page, answer.Task);
            });
        });
    }
}
