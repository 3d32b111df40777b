using System.CommandLine;
using CredBroker.Cli.Grammar;
using CredBroker.Cli.Output;
using CredBroker.V1;
using Google.Protobuf;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker catalog apply</c>.</summary>
internal static class CatalogApplyCommand
{
    public static Command Build(Shell shell)
    {
        var folder = RequestArguments.CatalogFolder();
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would change, change nothing." };
        var expect = new Option<int?>("--expect-version") { HelpName = "NUMBER", Description = "Only if this version is in force." };
        var command = new Command("apply", "Make a catalog the one that decides, or say every mistake in it. Role: policy_admin.") { folder, dryRun, expect };
        return shell.Calling(command, async (call, ct) =>
        {
            var path = call.Get(folder);
            var files = CatalogFolder.Read(path).Select(file => new CatalogFile { Name = file.Name, Content = ByteString.CopyFrom(file.Content.Span) });
            var request = new ApplyCatalogRequest { RequestId = call.NewRequestId(), DryRun = call.Get(dryRun), Files = { files } };
            if (call.Get(expect) is { } version) request.ExpectedVersion = version;
            var answer = await call.Admin.ApplyCatalogAsync(request, cancellationToken: ct);
            return Show(shell, call.Parsed, answer, path, request.DryRun ? "nothing was applied" : $"version {answer.Version} is in force");
        });
    }

    /// <summary>Writes what came of reading a catalog: the mistakes beside the answer, what would differ in it.</summary>
    public static ExitCode Show(Shell shell, ParseResult parsed, ApplyCatalogResponse answer, DirectoryInfo folder, string whenValid)
    {
        shell.Answer(parsed, () => JsonText.Node(answer), page =>
        {
            foreach (var difference in answer.Differences) page.Line(difference);
            Problems.Tell(shell.Terminal, answer.Problems, Problems.PathOf(folder));
            if (answer.Valid) page.Line($"{Problems.Count(answer.Problems)}; {whenValid}");
            else shell.Terminal.Fail(Problems.Count(answer.Problems));
        });
        return answer.Valid ? ExitCode.Done : ExitCode.Failed;
    }
}
