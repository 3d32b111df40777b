using System.CommandLine;
using CredBroker.Cli.Grammar;
using CredBroker.Cli.Output;
using CredBroker.V1;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker approval decide</c>.</summary>
internal static class ApprovalDecideCommand
{
    public static Command Build(Shell shell)
    {
        var ids = new Argument<string[]>("approval-id") { Description = "The approvals, all of one task.", Arity = ArgumentArity.OneOrMore };
        var approve = new Option<bool>("--approve") { Description = "Yes, to exactly what they cover." };
        var deny = new Option<bool>("--deny") { Description = "No. One is enough." };
        var reason = new Option<string>("--reason") { HelpName = "TEXT", Description = "Why, for the record: 1 to 1,024 bytes.", Required = true };
        var requestId = RequestArguments.RequestId();
        var command = new Command("decide", "Vote on approvals of one task: on all of them or on none. Role: approver.") { ids, approve, deny, reason, requestId };
        command.Validators.Add(result =>
        {
            if (result.GetValue(approve) == result.GetValue(deny)) result.AddError("Give --approve or --deny.");
        });
        return shell.Calling(command, async (call, ct) =>
        {
            var request = new DecideApprovalRequest
            {
                RequestId = call.Get(requestId) ?? call.NewRequestId(), ApprovalIds = { call.Get(ids) },
                Verdict = call.Get(approve) ? Verdict.Approve : Verdict.Deny, Reason = call.Get(reason),
            };
            var answer = await call.Approvals.DecideApprovalAsync(request, cancellationToken: ct);
            return call.Answer(answer, page =>
            {
                ApprovalPage.List(page, answer.Approvals);
                call.Terminal.Note($"{answer.VotesLastHour} of {answer.VotesPerHour} votes in the last hour");
            });
        });
    }
}
