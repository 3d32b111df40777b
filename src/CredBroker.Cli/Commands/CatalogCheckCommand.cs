using System.CommandLine;
using CredBroker.Cli.Grammar;
using CredBroker.Core.Catalog;
using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker catalog check</c>: needs no broker, so that an editor or a pipeline can run it.</summary>
internal static class CatalogCheckCommand
{
    public static Command Build(Shell shell)
    {
        var folder = CommonArguments.CatalogFolder();
        return shell.Local(new Command("check", "Look for mistakes in a catalog's files. Needs no broker.") { folder }, (parsed, _) =>
        {
            var path = parsed.GetRequiredValue(folder);
            var reading = CatalogReader.Read(CatalogFolder.Read(path));
            var answer = new ApplyCatalogResponse { Valid = reading is CatalogReading.Valid, Problems = { Problems(reading) } };
            return Task.FromResult(CatalogApplyCommand.Show(shell, parsed, answer, path, "it can be applied"));
        });
    }

    private static IEnumerable<CatalogProblem> Problems(CatalogReading reading)
    {
        var errors = reading switch
        {
            CatalogReading.Valid valid => valid.Warnings,
            CatalogReading.Invalid invalid => invalid.Problems,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return errors.Select(error => new CatalogProblem
        {
            File = error.At.File,
            Line = error.At.Line,
            Column = error.At.Column,
            Message = error.Message,
            Warning = error.IsWarning,
        });
    }
}
