using System.CommandLine;
using CredBroker.Cli.Grammar;
using CredBroker.Cli.Output;
using CredBroker.V1;
using Google.Protobuf;
using Grpc.Core;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker policy replay</c>: what would have come out otherwise, before anything is applied.</summary>
internal static class PolicyReplayCommand
{
    public static Command Build(Shell shell)
    {
        var since = RequestArguments.Duration("--since", "How far back.");
        since.Required = true;
        var folder = new Option<DirectoryInfo>("--catalog") { HelpName = "FOLDER", Description = "The folder with the catalog to try; without it, the one in force." };
        folder.AcceptExistingOnly();
        var limit = RequestArguments.Limit("How many changed decisions to list, the first ones: 1 to 10,000; all are counted.");
        var command = new Command("replay", "Which past decisions another catalog would make otherwise. Changes nothing. Role: policy_admin.") { since, folder, limit };
        return shell.Calling(command, async (call, ct) =>
        {
            var request = new SimulateRequest { Since = call.Get(since), MostChanges = call.Get(limit) ?? 0 };
            if (call.Get(folder) is { } path) request.Files.AddRange(FilesOf(path));
            var answer = await ReadAsync(call, request, ct);
            call.Answer(answer, page =>
            {
                if (!answer.Valid) Problems.Refuse(shell.Terminal, answer.Problems, call.Get(folder)!);
                else if (call.Get(folder) is { } tried) Problems.Tell(shell.Terminal, answer.Problems, Problems.PathOf(tried));
                ReplayPage.Show(page, answer);
            });
            return !answer.Valid ? ExitCode.Failed : answer.Totals.Changed.Count == 0 ? ExitCode.Done : ExitCode.Differs;
        });
    }

    /// <summary>The files of a folder, for the broker.</summary>
    public static IEnumerable<CatalogFile> FilesOf(DirectoryInfo folder) =>
        CatalogFolder.Read(folder).Select(file => new CatalogFile { Name = file.Name, Content = ByteString.CopyFrom(file.Content.Span) });

    // One answer of many messages: the last counts, and all that was found on the way.
    private static async Task<SimulateResponse> ReadAsync(BrokerCall call, SimulateRequest request, CancellationToken ct)
    {
        var whole = new SimulateResponse();
        using var stream = call.Admin.Simulate(request, cancellationToken: ct);
        await foreach (var message in stream.ResponseStream.ReadAllAsync(ct))
        {
            message.Problems.Add(whole.Problems);
            var found = whole.Changes.ToList();
            whole = message;
            found.AddRange(message.Changes);
            whole.Changes.Clear();
            whole.Changes.AddRange(found);
            if (!whole.Done) call.Terminal.Progress($"{whole.Totals.Decisions} decisions, up to {Page.Time(whole.Until)}");
        }

        return whole;
    }
}
