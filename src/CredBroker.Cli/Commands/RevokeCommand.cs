using System.CommandLine;
using CredBroker.Cli.Grammar;
using CredBroker.V1;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker revoke</c>: the emergency stop.</summary>
internal static class RevokeCommand
{
    private static readonly string[] Subjects = ["task", "workload", "tool", "initiator", "key", "everything"];

    public static Command Build(Shell shell)
    {
        var subject = new Argument<string>("subject") { Description = "What to stop: task, workload, tool, initiator, key or everything." };
        subject.AcceptOnlyFromAmong(Subjects);
        var name = new Argument<string?>("name")
        {
            Description = "Which one: a task's id, a workload's SPIFFE ID, a tool's name, an initiator, a signing key's kid.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var cause = RequestArguments.Cause();
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var command = new Command("revoke", "Emergency stop: end every live task of the subject, now. Role: operator.") { subject, name, cause, yes };
        command.Validators.Add(result =>
        {
            var everything = result.GetValue(subject) == "everything";
            if (everything && result.GetValue(name) is not null) result.AddError("everything is not stopped by name.");
            if (!everything && result.GetValue(name) is null) result.AddError($"which {result.GetValue(subject)}?");
            if (!result.GetValue(yes) && !shell.Terminal.InIsTerminal) result.AddError("there is nobody to ask: give --yes.");
        });
        return shell.Calling(command, async (call, ct) =>
        {
            var (what, which) = (call.Get(subject), call.Parsed.GetValue(name) ?? "");
            if (!call.Get(yes) && !Confirm(call.Terminal, what, which))
            {
                call.Terminal.Fail("nothing was revoked");
                return ExitCode.Failed;
            }

            var request = Request(what, which);
            request.RequestId = call.NewRequestId();
            request.Cause = call.Get(cause);
            return Show(call, await call.Admin.RevokeAsync(request, cancellationToken: ct));
        });
    }

    public static ExitCode Show(BrokerCall call, RevokeResponse answer) =>
        call.Answer(answer, page => page.Fields(("tasks ended", $"{answer.TasksEnded}"), ("tokens revoked", $"{answer.TokensRevoked}")));

    private static RevokeRequest Request(string subject, string name) => subject switch
    {
        "task" => new() { TaskId = name },
        "workload" => new() { Workload = name },
        "tool" => new() { Tool = name },
        "initiator" => new() { Initiator = name },
        "key" => new() { Kid = name },
        _ => new() { Everything = true },
    };

    private static bool Confirm(Terminal terminal, string subject, string name)
    {
        terminal.Error.Write(Output.Printable.Of(subject == "everything"
            ? "This ends every live task of every workload. Type everything to go on: "
            : $"This ends every live task of {subject} {name}. Type yes to go on: "));
        return terminal.In.ReadLine()?.Trim() == (subject == "everything" ? "everything" : "yes");
    }
}
