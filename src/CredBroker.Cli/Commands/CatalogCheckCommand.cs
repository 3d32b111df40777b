using System.CommandLine;
using CredBroker.Cli.Grammar;
using CredBroker.Cli.Output;
using CredBroker.Core.Catalog;
using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker catalog check</c>: needs no broker, so that an editor or a pipeline can run it.</summary>
internal static class CatalogCheckCommand
{
    public static Command Build(Shell shell)
    {
        var folder = RequestArguments.CatalogFolder();
        return shell.Local(new Command("check", "Look for mistakes in a catalog's files. Needs no broker.") { folder }, (parsed, _) =>
        {
            var path = parsed.GetRequiredValue(folder);
            var reading = CatalogReader.Read(CatalogFolder.Read(path));
            var answer = new ApplyCatalogResponse { Valid = reading is CatalogReading.Valid, Problems = { Problems.Of(reading) } };
            return Task.FromResult(CatalogApplyCommand.Show(shell, parsed, answer, path, "it can be applied"));
        });
    }
}
