using System.CommandLine;
using CredBroker.Cli.Output;
using CredBroker.V1;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker report standing-access</c>: every live credential. Empty when no task runs.</summary>
internal static class StandingAccessCommand
{
    // What one answer may hold (admin.proto).
    private const int PageSize = 1_000;

    public static Command Build(Shell shell) =>
        shell.Calling(new Command("standing-access", "Every live credential with its task; empty when no task runs. Role: viewer."), async (call, ct) =>
        {
            var all = new StandingAccessResponse();
            do
            {
                var request = new StandingAccessRequest { PageSize = PageSize, PageToken = all.NextPageToken };
                var answer = await call.Admin.StandingAccessAsync(request, cancellationToken: ct);
                all.Credentials.Add(answer.Credentials);
                (all.LiveTasks, all.NextPageToken) = (answer.LiveTasks, answer.NextPageToken);
            }
            while (all.NextPageToken.Length > 0);

            return call.Answer(all, page =>
            {
                page.Table(
                    "no live credentials",
                    ["TOKEN", "EXPIRES", "TOOL", "ACTION", "RESOURCE", "WORKLOAD", "INITIATOR", "TASK", "BINDING"],
                    all.Credentials.Select(one => new[]
                    {
                        one.Jti, Page.Time(one.ExpiresAt), one.Tool, one.Action, one.Resource, one.Workload, one.Initiator, one.TaskId, one.Binding,
                    }));
                page.Line($"{all.Credentials.Count} live credentials, {all.LiveTasks} live tasks");
            });
        });
}
