using System.CommandLine;
using CredBroker.Cli.Output;
using CredBroker.V1;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker approval list</c>.</summary>
internal static class ApprovalListCommand
{
    public static Command Build(Shell shell)
    {
        var state = new Option<ApprovalState>("--state") { HelpName = "STATE", Description = "Only pending, approved, denied, expired, used or cancelled ones." };
        state.CustomParser = result =>
        {
            if (Enum.TryParse<ApprovalState>(result.Tokens[0].Value, ignoreCase: true, out var known) && known != ApprovalState.Unspecified
                && !char.IsAsciiDigit(result.Tokens[0].Value[0]))
                return known;
            result.AddError($"--state {result.Tokens[0].Value} is no state of an approval.");
            return ApprovalState.Unspecified;
        };
        var task = new Option<string?>("--task") { HelpName = "TASK-ID", Description = "Only approvals of this task." };
        var group = new Option<string?>("--group") { HelpName = "NAME", Description = "Only approvals that this group decides." };
        var command = new Command("list", "Approvals, the newest 100 first. Role: viewer or approver.") { state, task, group };
        return shell.Calling(command, async (call, ct) =>
        {
            var request = new ListApprovalsRequest { State = call.Get(state), TaskId = call.Get(task) ?? "", Group = call.Get(group) ?? "" };
            var answer = await call.Approvals.ListApprovalsAsync(request, cancellationToken: ct);
            return call.Answer(answer, page =>
            {
                ApprovalPage.List(page, answer.Approvals);
                call.Terminal.Note($"{answer.VotesLastHour} of {answer.VotesPerHour} votes in the last hour");
            });
        });
    }
}
