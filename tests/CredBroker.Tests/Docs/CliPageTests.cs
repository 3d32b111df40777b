using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using CredBroker.Cli;
using CredBroker.Tests.Testing;

namespace CredBroker.Tests.Docs;

/// <summary>docs/cli.md names every command, every form of evidence and every exit code, and no other.</summary>
public sealed partial class CliPageTests
{
    private static readonly string Page = Repository.Read("docs/cli.md");

    [Fact]
    public void Every_command_has_its_row()
    {
        var rows = CommandRow().Matches(Page.Split("## Where the broker is")[0]).SelectMany(Commands).Order(StringComparer.Ordinal);
        var root = CommandLine.Root(new Shell(new Terminal { In = TextReader.Null, Out = TextWriter.Null, Error = TextWriter.Null }));

        Assert.Equal(Leaves(root, "").Order(StringComparer.Ordinal), rows);
    }

    [Fact]
    public void Every_exit_code_has_its_row()
    {
        var rows = CodeRow().Matches(Page.Split("## Exit codes")[1]).Select(row => int.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture));

        Assert.Equal(Enum.GetValues<ExitCode>().Select(code => (int)code), rows);
    }

    // "`task start`, `show`" is two commands of one word.
    private static IEnumerable<string> Commands(Match row)
    {
        var names = Quoted().Matches(row.Groups[1].Value).Select(name => name.Groups[1].Value).ToArray();
        var word = names[0].Contains(' ', StringComparison.Ordinal) ? names[0].Split(' ')[0] + " " : "";
        return names.Select((name, index) => index == 0 ? name : word + name);
    }

    private static IEnumerable<string> Leaves(Command command, string path) =>
        command.Subcommands.Count == 0 ? [path] : command.Subcommands.SelectMany(sub => Leaves(sub, $"{path} {sub.Name}".Trim()));

    [GeneratedRegex(@"^\| (`.*?) \|", RegexOptions.Multiline)]
    private static partial Regex CommandRow();

    [GeneratedRegex(@"^\| (\d) \|", RegexOptions.Multiline)]
    private static partial Regex CodeRow();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
