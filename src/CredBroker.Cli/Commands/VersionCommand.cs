using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using CredBroker.Server;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker version</c>.</summary>
internal static class VersionCommand
{
    public static Command Build(Shell shell) =>
        shell.Local(new Command("version", "The version of this program, and of the runtime it runs on."), (parsed, _) => Task.FromResult(shell.Answer(
            parsed,
            () => new JsonObject { ["version"] = BrokerVersion.Current, ["runtime"] = RuntimeInformation.FrameworkDescription },
            page => page.Line($"credbroker {BrokerVersion.Current}, {RuntimeInformation.FrameworkDescription}"))));
}
