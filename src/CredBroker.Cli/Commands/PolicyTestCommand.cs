using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using CredBroker.Cli.Output;
using CredBroker.Core.Catalog;
using CredBroker.Core.Policies.Testing;
using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker policy test</c>: example requests, answered by the broker's rules. Needs no broker and no database.</summary>
internal static class PolicyTestCommand
{
    private const string UsualCatalog = "catalog";

    public static Command Build(Shell shell)
    {
        var folder = new Argument<DirectoryInfo?>("folder")
        {
            Description = $"The folder with broker.yaml and *.test.yaml; ./{UsualCatalog} when absent.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("test", "Answer the example requests beside a catalog's policies, and compare. Needs no broker.") { folder };
        return shell.Local(command, (parsed, _) => Task.FromResult(Run(shell, parsed, parsed.GetValue(folder) ?? new DirectoryInfo(UsualCatalog))));
    }

    private static ExitCode Run(Shell shell, ParseResult parsed, DirectoryInfo folder)
    {
        var reading = CatalogReader.Read(CatalogFolder.Read(folder));
        if (reading is not CatalogReading.Valid valid) return Refuse(shell, parsed, folder, [.. Problems.Of(reading)]);
        var files = CatalogFolder.ReadTests(folder);
        if (files.Count == 0)
        {
            shell.Terminal.Fail($"there is no *.test.yaml in {folder}", "docs/policies.md, \"Testing policies\"");
            return ExitCode.Failed;
        }

        if (!PolicyTestReader.TryRead(files, valid.Catalog, out var cases, out var problems)) return Refuse(shell, parsed, folder, [.. Problems.Of(problems)]);
        ImmutableArray<PolicyTestResult> results = [.. cases.Select(test => PolicyTesting.Run(test, valid.Catalog))];
        var failed = results.Count(result => !result.Passed);
        var page = new PolicyTestPage(valid.Catalog, Problems.PathOf(folder));
        shell.Answer(parsed, () => page.Json(results), shown => page.Show(shown, results));
        if (failed == 0) return ExitCode.Done;
        if (!parsed.GetValue(shell.Json)) shell.Terminal.Fail($"{failed} of {results.Length} cases {(failed == 1 ? "is" : "are")} not answered as expected");
        return ExitCode.Failed;
    }

    private static ExitCode Refuse(Shell shell, ParseResult parsed, DirectoryInfo folder, IReadOnlyList<CatalogProblem> problems)
    {
        shell.Answer(parsed, () => new JsonObject { ["problems"] = new JsonArray([.. problems.Select(JsonText.Node)]) }, _ =>
        {
            Problems.Tell(shell.Terminal, problems, Problems.PathOf(folder));
            shell.Terminal.Fail(Problems.Count(problems));
        });
        return ExitCode.Failed;
    }
}
