using System.CommandLine;
using CredBroker.Cli.Output;
using CredBroker.V1;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker catalog show</c>.</summary>
internal static class CatalogShowCommand
{
    public static Command Build(Shell shell)
    {
        var version = new Argument<int?>("version") { Description = "Which version; the one in force when absent.", Arity = ArgumentArity.ZeroOrOne };
        var file = new Option<string?>("--file") { HelpName = "NAME", Description = "Write the content of this file, and nothing else." };
        return shell.Calling(new Command("show", "A version of the catalog. Role: viewer.") { version, file }, async (call, ct) =>
        {
            var answer = await call.Admin.GetCatalogAsync(new() { Version = call.Parsed.GetValue(version) ?? 0 }, cancellationToken: ct);
            return call.Get(file) is { } name ? Content(call, answer, name) : call.Answer(answer, page => Show(page, answer));
        });
    }

    private static void Show(Page page, GetCatalogResponse answer)
    {
        page.Fields(
            ("version", $"{answer.Version}"),
            ("digest", Convert.ToHexStringLower(answer.Digest.Span)),
            ("applied", answer.AppliedAt is null ? "" : $"{Page.Time(answer.AppliedAt)} by {answer.AppliedBy}"));
        page.Table("no files", ["FILE", "BYTES"], answer.Files.Select(one => new[] { one.Name, $"{one.Content.Length}" }));
    }

    // As it is, for the next program: what a terminal makes of it is the reader's affair only when it is none.
    private static ExitCode Content(BrokerCall call, GetCatalogResponse answer, string name)
    {
        if (answer.Files.FirstOrDefault(one => one.Name == name) is not { } found)
        {
            call.Terminal.Fail($"version {answer.Version} has no file {name}", "credbroker catalog show");
            return ExitCode.Failed;
        }

        if (!call.Terminal.OutIsTerminal) call.Terminal.Out.Write(found.Content.ToStringUtf8());
        else foreach (var line in found.Content.ToStringUtf8().TrimEnd().Split('\n')) call.Terminal.Out.WriteLine(Printable.Of(line.Replace("\t", "    ", StringComparison.Ordinal)));
        return ExitCode.Done;
    }
}
