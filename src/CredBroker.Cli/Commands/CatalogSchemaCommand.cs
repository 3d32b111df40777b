using System.CommandLine;
using System.Text.Json.Nodes;
using CredBroker.Cli.Grammar;
using CredBroker.Core.Policies;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker catalog schema</c>: what policies may use. Needs no broker, and no policies that are valid.</summary>
internal static class CatalogSchemaCommand
{
    public static Command Build(Shell shell)
    {
        var folder = RequestArguments.CatalogFolder();
        return shell.Local(new Command("schema", "The schema that a catalog's policies are written against. Needs no broker.") { folder }, (parsed, _) =>
        {
            var path = parsed.GetRequiredValue(folder);
            if (SchemaText.Of(CatalogFolder.Read(path)) is not { } schema)
            {
                shell.Terminal.Fail("the catalog has errors, so there is no schema", $"credbroker catalog check {path}");
                return Task.FromResult(ExitCode.Failed);
            }

            return Task.FromResult(shell.Answer(parsed, () => new JsonObject { ["schema"] = schema }, page =>
            {
                foreach (var line in schema.TrimEnd().Split('\n')) page.Line(line);
            }));
        });
    }
}
