using System.CommandLine;
using CredBroker.Cli.Grammar;
using CredBroker.V1;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker task revoke</c>: an operator ends one task of any workload.</summary>
internal static class TaskRevokeCommand
{
    public static Command Build(Shell shell)
    {
        var task = RequestArguments.TaskId();
        var cause = RequestArguments.Cause();
        return shell.Calling(new Command("revoke", "End a task of any workload, at once. Role: operator.") { task, cause }, async (call, ct) =>
        {
            var request = new RevokeRequest { RequestId = call.NewRequestId(), TaskId = call.Get(task), Cause = call.Get(cause) };
            return RevokeCommand.Show(call, await call.Admin.RevokeAsync(request, cancellationToken: ct));
        });
    }
}
