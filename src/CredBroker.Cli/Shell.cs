using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CredBroker.Cli.Grammar;
using CredBroker.Cli.Output;
using CredBroker.Server;
using Grpc.Core;

namespace CredBroker.Cli;

/// <summary>What all commands have in common: the options that every one takes, and how their failures are told.</summary>
internal sealed class Shell(Terminal terminal)
{
    private readonly ConnectionArguments _connection = new(terminal);
    private readonly CallerArguments _caller = new(terminal);

    public Terminal Terminal => terminal;

    /// <summary>Taken by every command.</summary>
    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Answer with one JSON document on standard output, and nothing else there.",
        Recursive = true,
    };

    /// <summary>A command that talks to a broker as a workload, an administrator, or whoever the connection vouches for.</summary>
    public Command Calling(Command command, Func<BrokerCall, CancellationToken, Task<ExitCode>> run)
    {
        _caller.AddTo(command);
        return Connected(command, async (call, parsed, ct) =>
        {
            await using var session = await _caller.OpenAsync(parsed, call.Connection, ct);
            return await run(new(this, parsed, call.Connection, session), ct);
        });
    }

    /// <summary>A command that talks to a broker, and settles by itself as whom.</summary>
    public Command Connecting(Command command, Func<BrokerCall, CancellationToken, Task<ExitCode>> run) =>
        Connected(command, (call, _, ct) => run(call, ct));

    /// <summary>A command that needs no broker.</summary>
    public Command Local(Command command, Func<ParseResult, CancellationToken, Task<ExitCode>> run)
    {
        command.SetAction(async (parsed, ct) => (int)await GuardAsync(() => run(parsed, ct)));
        return command;
    }

    /// <summary>Writes the answer of a command: for programs, or as <paramref name="show"/> shows it to people.</summary>
    public ExitCode Answer(ParseResult parsed, Func<JsonNode> answer, Action<Page> show)
    {
        if (parsed.GetValue(Json)) terminal.Out.WriteLine(JsonText.Of(answer()));
        else show(new Page(terminal));
        return ExitCode.Done;
    }

    private Command Connected(Command command, Func<BrokerCall, ParseResult, CancellationToken, Task<ExitCode>> run)
    {
        _connection.AddTo(command);
        return Local(command, async (parsed, ct) =>
        {
            using var connection = _connection.Open(parsed, terminal.Clock);
            return await run(new(this, parsed, connection, null), parsed, ct);
        });
    }

    private async Task<ExitCode> GuardAsync(Func<Task<ExitCode>> run)
    {
        try
        {
            return await run();
        }
        catch (RpcException refused)
        {
            return Refusals.Tell(terminal, Client.BrokerRefusal.Of(refused));
        }
        catch (StartException cannot)
        {
            terminal.Fail(cannot.Message, cannot.Hint);
            return ExitCode.Failed;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            terminal.Fail(failure.Message);
            return ExitCode.Failed;
        }
    }
}
