using System.CommandLine;
using CredBroker.Cli.Output;
using CredBroker.V1;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker approval await</c>: for scripts of the workload that asked. Done when it was approved, denied otherwise.</summary>
internal static class ApprovalAwaitCommand
{
    public static Command Build(Shell shell)
    {
        var id = new Argument<string>("approval-id") { Description = "The approval that the refusal of a mint named." };
        return shell.Calling(new Command("await", "Wait until an approval that this workload asked for is decided, or has expired.") { id }, async (call, ct) =>
        {
            using var waiting = call.Approvals.AwaitApproval(new() { ApprovalId = call.Get(id) }, cancellationToken: ct);
            var last = new AwaitApprovalResponse();
            while (await waiting.ResponseStream.MoveNext(ct)) last = waiting.ResponseStream.Current;
            var answered = call.Answer(last, page => page.Line(ApprovalPage.State(last.State)));
            return last.State == ApprovalState.Approved ? answered : ExitCode.Denied;
        });
    }
}
