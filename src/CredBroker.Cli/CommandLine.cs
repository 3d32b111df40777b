using System.CommandLine;
using CredBroker.Cli.Commands;

namespace CredBroker.Cli;

/// <summary>The command <c>credbroker</c>: its grammar, and one run of it.</summary>
internal static class CommandLine
{
    /// <summary>Runs a command line.</summary>
    public static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken ct)
    {
        // No response files: an argument that begins with @ is itself.
        var parsed = Root(new Shell(terminal)).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is not System.CommandLine.Help.HelpAction)
        {
            // An unknown command is also one that is missing. What is not understood is told last, and the first of it is the more telling.
            terminal.Fail(parsed.Errors[^Math.Max(1, parsed.UnmatchedTokens.Count)].Message, $"{Path(parsed)} --help");
            return (int)ExitCode.Usage;
        }

        var configuration = new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            // What is not told as a failure is a bug, and shall look like one.
            EnableDefaultExceptionHandler = false,
            // Signals are for serve and dev, which stop by themselves.
            ProcessTerminationTimeout = null,
        };
        return await parsed.InvokeAsync(configuration, ct);
    }

    /// <summary>The grammar.</summary>
    public static RootCommand Root(Shell shell) => new("CredBroker: just-in-time credentials for AI agents, that end with the task.")
    {
        shell.Json,
        ServeCommand.Build(shell),
        DevCommand.Build(shell),
        MigrateCommand.Build(shell),
        AttestCommand.Build(shell),
        WhoAmICommand.Build(shell),
        new Command("task", "Tasks: the lease that everything minted lives under.")
        {
            TaskStartCommand.Build(shell),
            TaskDelegateCommand.Build(shell),
            TaskAcceptCommand.Build(shell),
            TaskShowCommand.Build(shell),
            TaskListCommand.Build(shell),
            TaskHeartbeatCommand.Build(shell),
            TaskEndCommand.Build(shell),
            TaskRevokeCommand.Build(shell),
        },
        new Command("token", "Tokens: credentials for one capability of one task.")
        {
            TokenMintCommand.Build(shell),
            TokenProofCommand.Build(shell),
            TokenIntrospectCommand.Build(shell),
            TokenAuthorizeCommand.Build(shell),
            TokenResultCommand.Build(shell),
            TokenRevokeCommand.Build(shell),
        },
        new Command("approval", "Approvals: people's yes or no to exactly one thing.")
        {
            ApprovalAwaitCommand.Build(shell),
            ApprovalListCommand.Build(shell),
            ApprovalShowCommand.Build(shell),
            ApprovalDecideCommand.Build(shell),
            ApprovalWatchCommand.Build(shell),
        },
        new Command("catalog", "The catalog: what exists and who may ask for what.")
        {
            CatalogCheckCommand.Build(shell),
            CatalogApplyCommand.Build(shell),
            CatalogShowCommand.Build(shell),
            CatalogSchemaCommand.Build(shell),
        },
        new Command("policy", "Policies: what they decide, and would.")
        {
            PolicyTestCommand.Build(shell),
            PolicyReplayCommand.Build(shell),
            PolicyShadowCommands.Build(shell),
        },
        ExplainCommand.Build(shell),
        new Command("join-token", "One-time secrets that attest a workload.") { JoinTokenCreateCommand.Build(shell) },
        new Command("report", "What an auditor asks for.") { StandingAccessCommand.Build(shell) },
        RevokeCommand.Build(shell),
        VersionCommand.Build(shell),
    };

    private static string Path(ParseResult parsed)
    {
        var names = new List<string>();
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as System.CommandLine.Parsing.CommandResult)
            names.Insert(0, result.Command is RootCommand ? "credbroker" : result.Command.Name);
        return string.Join(' ', names);
    }
}
