using System.CommandLine;
using CredBroker.Cli.Grammar;
using CredBroker.Cli.Output;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker policy shadow start</c>, <c>stop</c> and <c>show</c>: a candidate beside the catalog in force.</summary>
internal static class PolicyShadowCommands
{
    public static Command Build(Shell shell) => new("shadow", "A candidate that every decision is put to, and that decides nothing.") { Start(shell), Stop(shell), Show(shell) };

    private static Command Start(Shell shell)
    {
        var folder = RequestArguments.CatalogFolder();
        var command = new Command("start", "Judge decisions by this catalog too, in place of the candidate before. Role: policy_admin.") { folder };
        return shell.Calling(command, async (call, ct) =>
        {
            var path = call.Get(folder);
            var answer = await call.Admin.StartShadowAsync(new() { RequestId = call.NewRequestId(), Files = { PolicyReplayCommand.FilesOf(path) } }, cancellationToken: ct);
            call.Answer(answer, page =>
            {
                if (!answer.Valid)
                {
                    Problems.Refuse(shell.Terminal, answer.Problems, path);
                    return;
                }

                Problems.Tell(shell.Terminal, answer.Problems, Problems.PathOf(path));
                page.Line($"{Problems.Count(answer.Problems)}; decisions are judged by it from now on, and made by the catalog in force");
            });
            return answer.Valid ? ExitCode.Done : ExitCode.Failed;
        });
    }

    private static Command Stop(Shell shell) =>
        shell.Calling(new Command("stop", "Take the candidate away, and say once more what was found. Role: policy_admin."), async (call, ct) =>
        {
            var answer = await call.Admin.StopShadowAsync(new() { RequestId = call.NewRequestId() }, cancellationToken: ct);
            return call.Answer(answer, page => ReplayPage.Show(page, answer.Shadow));
        });

    private static Command Show(Shell shell)
    {
        var limit = RequestArguments.Limit("How many changed decisions to list, the last ones: 1 to 1,000; all are counted.");
        return shell.Calling(new Command("show", "What the candidate would have decided otherwise. Role: viewer.") { limit }, async (call, ct) =>
        {
            var answer = await call.Admin.ShowShadowAsync(new() { MostChanges = call.Get(limit) ?? 0 }, cancellationToken: ct);
            return call.Answer(answer, page => ReplayPage.Show(page, answer.Shadow));
        });
    }
}
