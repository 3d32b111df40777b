using System.CommandLine;
using System.Text.Json.Nodes;
using CredBroker.Cli.Grammar;
using CredBroker.Server;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker dev</c>: a broker with a private PostgreSQL, a catalog from a folder, and a Unix socket.</summary>
internal static class DevCommand
{
    private const string UsualCatalog = "catalog";

    public static Command Build(Shell shell)
    {
        var arguments = new ServerArguments();
        var command = new Command(
            "dev", $"Run a broker to try things with: its own PostgreSQL, the catalog in ./{UsualCatalog} unless told otherwise, and a Unix socket.");
        arguments.AddTo(command);
        return shell.Local(command, async (parsed, ct) =>
        {
            var options = arguments.Read(parsed);
            options.CatalogFolder ??= Path.GetFullPath(UsualCatalog);
            using var folder = new DevFolder(options.DataFolder);
            options.Database = null;
            options.DataFolder = Path.Combine(folder.Path, "postgres");
            options.DurableDatabase = !folder.IsTemporary;
            options.UnixSocket ??= Path.Combine(folder.Path, "broker.sock");

            await using var broker = await arguments.StartAsync(parsed, options, shell.Terminal, parsed.GetValue(shell.Json), ct);
            Announce(shell, parsed, broker, options, folder);
            await shell.Terminal.Out.FlushAsync(ct);
            await broker.RunAsync(ct);
            return ExitCode.Done;
        });
    }

    private static void Announce(Shell shell, ParseResult parsed, RunningBroker broker, BrokerOptions options, DevFolder folder) => shell.Answer(
        parsed,
        () => new JsonObject
        {
            ["version"] = BrokerVersion.Current,
            ["addresses"] = new JsonArray([.. broker.Addresses.Select(address => JsonValue.Create(address))]),
            ["catalog"] = options.CatalogFolder,
            ["data"] = options.DataFolder,
        },
        page => page.Fields(
            ("credbroker", $"{BrokerVersion.Current}, for development"),
            ("catalog", options.CatalogFolder),
            ("database", $"{options.DataFolder}{(folder.IsTemporary ? " (removed at the end; --data FOLDER keeps it)" : "")}"),
            ("listening on", string.Join(", ", broker.Addresses)),
            ("now", $"export CREDBROKER_ADDRESS={broker.Addresses[0]}")));
}
