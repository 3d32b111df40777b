using System.CommandLine;
using System.Data.Common;
using System.Text.Json.Nodes;
using CredBroker.Cli.Grammar;
using CredBroker.Server.Storage;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker migrate</c>: brings the database to this program's schema, as the start of a broker does too.</summary>
internal static class MigrateCommand
{
    public static Command Build(Shell shell)
    {
        var config = new ConfigurationArgument();
        var command = new Command("migrate", "Bring the database to this program's schema. serve does so too.");
        config.AddTo(command);
        return shell.Local(command, async (parsed, ct) =>
        {
            if (config.Read(parsed).Database is not { } database)
            {
                shell.Terminal.Fail("no database is configured", "set CREDBROKER__DATABASE to its connection string");
                return ExitCode.Usage;
            }

            try
            {
                return Show(shell, parsed, await Migrator.ApplyAsync(database, shell.Terminal.Clock, ct));
            }
            catch (Exception failure) when (failure is DbException or ArgumentException)
            {
                // ArgumentException: the text is no connection string. Its message names the part, not the password.
                shell.Terminal.Fail($"the database cannot be used: {failure.Message}", "check the connection string, and that PostgreSQL 15 or newer runs there");
                return ExitCode.Failed;
            }
        });
    }

    private static ExitCode Show(Shell shell, ParseResult parsed, MigrationOutcome outcome)
    {
        switch (outcome)
        {
            case MigrationOutcome.Applied applied:
                return shell.Answer(
                    parsed,
                    () => new JsonObject { ["applied"] = new JsonArray([.. applied.Files.Select(file => JsonValue.Create(file))]) },
                    page =>
                    {
                        foreach (var file in applied.Files) page.Line($"applied {file}");
                        if (applied.Files.Count == 0) page.Line("nothing to do");
                    });
            case MigrationOutcome.Refused refused:
                shell.Terminal.Fail(refused.Message, refused.Hint);
                return ExitCode.Failed;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
