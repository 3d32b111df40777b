using System.CommandLine;
using CredBroker.Cli.Output;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker approval show</c>.</summary>
internal static class ApprovalShowCommand
{
    public static Command Build(Shell shell)
    {
        var id = new Argument<string>("approval-id") { Description = "The approval." };
        return shell.Calling(new Command("show", "What an approval covers, and how it stands. Role: viewer or approver.") { id }, async (call, ct) =>
        {
            var answer = await call.Approvals.ListApprovalsAsync(new() { ApprovalId = call.Get(id) }, cancellationToken: ct);
            if (answer.Approvals.Count == 1) return call.Answer(answer.Approvals[0], page => ApprovalPage.Show(page, answer.Approvals[0]));
            call.Terminal.Fail("there is no such approval");
            return ExitCode.Failed;
        });
    }
}
