using System.CommandLine;
using CredBroker.Cli.Grammar;
using CredBroker.Cli.Output;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker task show</c>.</summary>
internal static class TaskShowCommand
{
    public static Command Build(Shell shell)
    {
        var task = RequestArguments.TaskId();
        return shell.Calling(new Command("show", "A task of the calling workload as it stands.") { task }, async (call, ct) =>
        {
            var answer = await call.Tasks.GetTaskAsync(new() { TaskId = call.Get(task) }, cancellationToken: ct);
            return call.Answer(answer, page => TaskPage.Show(page, answer.Task));
        });
    }
}
