using System.CommandLine;
using CredBroker.Cli.Output;
using CredBroker.V1;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker approval watch</c>: a line, or with <c>--json</c> a document, for each change until it is stopped.</summary>
internal static class ApprovalWatchCommand
{
    public static Command Build(Shell shell)
    {
        var group = new Option<string?>("--group") { HelpName = "NAME", Description = "Only approvals that this group decides." };
        var cursor = new Option<string?>("--cursor") { HelpName = "CURSOR", Description = "Go on behind this one of an earlier watch." };
        var count = new Option<int?>("--count") { HelpName = "COUNT", Description = "Stop after so many." };
        var command = new Command("watch", "Approvals as they are asked for and decided. Role: viewer or approver.") { group, cursor, count };
        return shell.Calling(command, async (call, ct) =>
        {
            var request = new WatchApprovalsRequest { Group = call.Get(group) ?? "", Cursor = call.Get(cursor) ?? "" };
            using var watch = call.Approvals.WatchApprovals(request, cancellationToken: ct);
            for (var seen = 0; call.Get(count) is not { } most || seen < most; seen++)
            {
                if (!await watch.ResponseStream.MoveNext(ct)) break;
                var change = watch.ResponseStream.Current;
                call.Answer(change, page => ApprovalPage.Line(page, change.Approval));
            }

            return ExitCode.Done;
        });
    }
}
