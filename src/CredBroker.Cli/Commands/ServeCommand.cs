using System.CommandLine;
using System.Text.Json.Nodes;
using CredBroker.Cli.Grammar;
using CredBroker.Server;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker serve</c>: runs one replica until it is asked to stop.</summary>
internal static class ServeCommand
{
    public static Command Build(Shell shell)
    {
        var arguments = new ServerArguments();
        var command = new Command("serve", "Run a broker until SIGTERM or SIGINT.");
        arguments.AddTo(command);
        return shell.Local(command, async (parsed, ct) =>
        {
            var options = arguments.Read(parsed);
            await using var broker = await arguments.StartAsync(parsed, options, shell.Terminal, parsed.GetValue(shell.Json), ct);
            shell.Answer(
                parsed,
                () => new JsonObject
                {
                    ["version"] = BrokerVersion.Current,
                    ["addresses"] = new JsonArray([.. broker.Addresses.Select(address => JsonValue.Create(address))]),
                    ["migrations_applied"] = new JsonArray([.. broker.Applied.Select(file => JsonValue.Create(file))]),
                },
                page =>
                {
                    foreach (var file in broker.Applied) page.Line($"applied migration {file}");
                    foreach (var address in broker.Addresses) page.Line($"listening on {address}");
                });
            await shell.Terminal.Out.FlushAsync(ct);
            await broker.RunAsync(ct);
            return ExitCode.Done;
        });
    }
}
