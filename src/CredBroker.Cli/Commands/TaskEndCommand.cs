using System.CommandLine;
using CredBroker.Cli.Grammar;
using CredBroker.Cli.Output;
using CredBroker.V1;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker task end</c>.</summary>
internal static class TaskEndCommand
{
    public static Command Build(Shell shell)
    {
        var task = RequestArguments.TaskId();
        var outcome = RequestArguments.Outcome("How the work ended; completed when absent.");
        var summary = new Option<string?>("--summary") { HelpName = "TEXT", Description = "In the agent's words: at most 4,096 bytes." };
        var command = new Command("end", "End a task and its descendants, and with them every token.") { task, outcome, summary };
        return shell.Calling(command, async (call, ct) =>
        {
            var request = new EndTaskRequest
            {
                RequestId = call.NewRequestId(),
                TaskId = call.Get(task),
                Outcome = call.Get(outcome) ?? Outcome.Completed,
                Summary = call.Get(summary) ?? "",
            };
            var answer = await call.Tasks.EndTaskAsync(request, cancellationToken: ct);
            return call.Answer(answer, page => page.Line(answer.AlreadyEnded
                ? $"had ended {Page.Time(answer.EndedAt)}: {TaskPage.Cause(answer.EndCause)}"
                : $"ended, and {answer.DescendantsEnded} descendants with it"));
        });
    }
}
