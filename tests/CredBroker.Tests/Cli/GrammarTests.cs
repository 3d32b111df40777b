using System.CommandLine;
using CredBroker.Cli;

namespace CredBroker.Tests.Cli;

public sealed class GrammarTests
{
    private static readonly RootCommand Root = CommandLine.Root(new Shell(new Terminal { In = TextReader.Null, Out = TextWriter.Null, Error = TextWriter.Null }));

    [Fact]
    public void The_commands_are_these()
    {
        string[] expected =
        [
            "approval await", "approval decide", "approval list", "approval show", "approval watch", "attest", "catalog apply", "catalog check", "catalog schema",
            "catalog show", "dev", "explain", "join-token create", "migrate", "policy replay", "policy shadow show", "policy shadow start", "policy shadow stop", "policy test", "report standing-access", "revoke",
            "serve", "task accept", "task delegate", "task end", "task heartbeat", "task list", "task revoke", "task show", "task start", "token authorize", "token introspect", "token mint",
            "token proof", "token result", "token revoke", "version", "whoami",
        ];

        Assert.Equal(expected, Leaves(Root, "").Select(leaf => leaf.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Everything_says_what_it_is_for()
    {
        Assert.All(Commands(Root), command => Assert.False(string.IsNullOrEmpty(command.Description), command.Name));
        Assert.All(Commands(Root).SelectMany(command => command.Options), option => Assert.False(string.IsNullOrEmpty(option.Description), option.Name));
        Assert.All(Commands(Root).SelectMany(command => command.Arguments), one => Assert.False(string.IsNullOrEmpty(one.Description), one.Name));
    }

    [Fact]
    public void Every_option_that_takes_a_value_names_it_in_capitals_or_lists_it()
    {
        var options = Commands(Root).SelectMany(command => command.Options)
            .Where(option => option.Arity.MinimumNumberOfValues > 0 && option.ValueType != typeof(bool));

        Assert.All(options, option => Assert.Matches("^([A-Z-]+|[a-z0-9]+(:FILE)?([|][a-z0-9]+(:FILE)?)+)$", option.HelpName));
    }

    [Fact]
    public async Task Help_of_every_command_goes_to_standard_output_and_is_no_failure()
    {
        foreach (var (path, _) in Leaves(Root, ""))
        {
            var run = await CliRun.OfAsync([.. path.Split(' '), "--help"]);

            Assert.Equal(0, run.ExitCode);
            Assert.Equal("", run.Error);
            Assert.Contains($"{path}", run.Out, StringComparison.Ordinal);
            Assert.DoesNotContain('\e', run.Out);
            Assert.DoesNotContain("[default:", run.Out, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("", "Required command was not provided.", "credbroker --help")]
    [InlineData("task", "Required command was not provided.", "credbroker task --help")]
    [InlineData("tsak", "Unrecognized command or argument 'tsak'.", "credbroker --help")]
    [InlineData("whoami --socket /s --colour", "Unrecognized command or argument '--colour'.", "credbroker whoami --help")]
    [InlineData("whoami", "where is the broker? Give --socket or --address, or set CREDBROKER_ADDRESS.", "credbroker whoami --help")]
    [InlineData("whoami --socket /s --address unix:/s", "--socket and --address cannot both be given.", "credbroker whoami --help")]
    [InlineData("whoami --address broker", "--address broker is neither unix:/path nor https://host:port.", "credbroker whoami --help")]
    [InlineData("whoami --address http://10.0.0.1", "--address http://10.0.0.1 uses http:// for a host that is not loopback.", "credbroker whoami --help")]
    [InlineData("whoami --socket /s --client-key k", "--client-cert and --client-key go together.", "credbroker whoami --help")]
    [InlineData("whoami --socket /s --evidence dna", "--evidence: 'dna' is not of the form unix|x509|jwt:FILE|join:FILE.", "credbroker whoami --help")]
    [InlineData("whoami --socket /s --evidence join:/nowhere", "--evidence: Could not find file '/nowhere'.", "credbroker whoami --help")]
    [InlineData("task show --socket /s", "Required argument missing for command: 'show'.", "credbroker task show --help")]
    [InlineData("task list --socket /s --state gone", "--state gone is none of waiting, active, ended.", "credbroker task list --help")]
    [InlineData("task list --socket /s --limit 0", "--limit is at least 1.", "credbroker task list --help")]
    [InlineData("task end t --socket /s --outcome great", "--outcome great is none of completed, failed, cancelled.", "credbroker task end --help")]
    [InlineData("task start --socket /s --intent i --initiator u --allow x", "--allow: 'x' is not of the form tool:action:resource[?name=text|text;name^prefix;name:min..max;name:true].", "credbroker task start --help")]
    [InlineData("task start --socket /s --intent i --initiator u --allow a:b:c --ttl soon", "--ttl soon is not a length of time like 90s, 15m or 1h30m.", "credbroker task start --help")]
    [InlineData("task start --socket /s --intent i --initiator u", "Option '--allow' is required.", "credbroker task start --help")]
    [InlineData("token mint t {} --socket /s --ttl 0s", "--ttl 0s is not a length of time like 90s, 15m or 1h30m.", "credbroker token mint --help")]
    [InlineData("token authorize t a:b:c?x=1|2 --socket /s", "a call has one value to each parameter: name=text, name:5 or name:true.", "credbroker token authorize --help")]
    [InlineData("token authorize t a:b --socket /s", "'a:b' is not of the form tool:action:resource[?name=text|text;name^prefix;name:min..max;name:true].", "credbroker token authorize --help")]
    [InlineData("token authorize t a:b:c --proof p --socket /s", "--proof and --uri go together.", "credbroker token authorize --help")]
    [InlineData("token result j --outcome great --socket /s", "--outcome great is none of completed, failed, cancelled.", "credbroker token result --help")]
    [InlineData("revoke tool mail --socket /s --cause c", "there is nobody to ask: give --yes.", "credbroker revoke --help")]
    [InlineData("revoke tool --socket /s --cause c --yes", "which tool?", "credbroker revoke --help")]
    [InlineData("revoke everything now --socket /s --cause c --yes", "everything is not stopped by name.", "credbroker revoke --help")]
    [InlineData("revoke everything --socket /s --yes", "Option '--cause' is required.", "credbroker revoke --help")]
    [InlineData("policy replay --socket /s", "Option '--since' is required.", "credbroker policy replay --help")]
    [InlineData("policy replay --since soon --socket /s", "--since soon is not a length of time like 90s, 15m or 1h30m.", "credbroker policy replay --help")]
    [InlineData("policy shadow show --limit 0 --socket /s", "--limit is at least 1.", "credbroker policy shadow show --help")]
    [InlineData("serve --log-level loud", "--log-level loud is none of debug, information, warning, error.", "credbroker serve --help")]
    [InlineData("serve --config /nowhere", "the configuration cannot be read: The configuration file 'nowhere' was not found and is not optional. The expected physical path was '/nowhere'.", "credbroker serve --help")]
    [InlineData("catalog check /nowhere", "Directory does not exist: '/nowhere'.", "credbroker catalog check --help")]
    public async Task A_wrong_command_line_is_told_with_the_help_to_ask_for(string line, string error, string hint)
    {
        var run = await CliRun.OfAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal($"error: {error}\nhint: {hint}\n", run.Error);
        Assert.Equal("", run.Out);
        Assert.Equal(2, run.ExitCode);
    }

    [Fact]
    public async Task An_address_in_the_environment_is_checked_like_one_on_the_command_line()
    {
        var around = new Surroundings { Environment = { ["CREDBROKER_ADDRESS"] = "broker" } };

        var run = await CliRun.OfAsync(around, "whoami");

        Assert.StartsWith("error: CREDBROKER_ADDRESS broker is neither", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, run.ExitCode);
    }

    [Fact]
    public async Task An_argument_that_begins_with_an_at_sign_is_no_file()
    {
        var run = await CliRun.OfAsync("task", "show", "@/etc/hostname", "--socket", "/nowhere/s");

        Assert.Equal(3, run.ExitCode);
    }

    [Fact]
    public async Task Where_no_broker_is_the_exit_code_is_three()
    {
        var run = await CliRun.OfAsync("whoami", "--socket", "/nowhere/s");

        Assert.Equal("error: no broker answers there\nhint: is it running, and is this its --socket or --address?\n", run.Error);
        Assert.Equal(3, run.ExitCode);
    }

    [Fact]
    public async Task The_version_is_told_to_people_and_to_programs()
    {
        var people = await CliRun.OfAsync("version");
        var programs = await CliRun.OfAsync("version", "--json");

        Assert.Matches(@"^credbroker \d+\.\d+\.\d+\S*, \.NET 10\.\S+\n$", people.Out);
        Assert.Equal(["version", "runtime"], programs.Json.EnumerateObject().Select(member => member.Name));
    }

    private static IEnumerable<Command> Commands(Command command) => command.Subcommands.SelectMany(Commands).Prepend(command);

    private static IEnumerable<(string Path, Command Command)> Leaves(Command command, string path) => command.Subcommands.Count == 0
        ? [(path, command)]
        : command.Subcommands.SelectMany(sub => Leaves(sub, $"{path} {sub.Name}".Trim()));
}
