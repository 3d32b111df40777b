using System.CommandLine;
using CredBroker.Cli.Grammar;
using CredBroker.Cli.Output;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker task heartbeat</c>.</summary>
internal static class TaskHeartbeatCommand
{
    public static Command Build(Shell shell)
    {
        var task = RequestArguments.TaskId();
        return shell.Calling(new Command("heartbeat", "Say that a task is still worked on.") { task }, async (call, ct) =>
        {
            var answer = await call.Tasks.HeartbeatAsync(new() { RequestId = call.NewRequestId(), TaskId = call.Get(task) }, cancellationToken: ct);
            return call.Answer(answer, page => page.Fields(("due", Page.Time(answer.HeartbeatDue)), ("deadline", Page.Time(answer.Deadline))));
        });
    }
}
