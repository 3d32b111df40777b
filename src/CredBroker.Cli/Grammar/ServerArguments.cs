using System.CommandLine;
using CredBroker.Server;
using Microsoft.Extensions.Logging;

namespace CredBroker.Cli.Grammar;

/// <summary>The options of the commands that run a broker.</summary>
internal sealed class ServerArguments
{
    private readonly ConfigurationArgument _config = new();
    private readonly Option<string?> _socket = new("--socket") { HelpName = "PATH", Description = "Listen on this Unix socket." };
    private readonly Option<string[]> _listen = new("--listen")
    {
        HelpName = "ADDRESS",
        Description = "Listen on https://ADDRESS:PORT, or http:// on loopback; once for each. Port 0: any.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _catalog = new("--catalog") { HelpName = "FOLDER", Description = "Apply this catalog at start when another is in force." };
    private readonly Option<string?> _data = new("--data")
    {
        HelpName = "FOLDER",
        Description = "Keep an embedded PostgreSQL here. Not with a database of its own (CREDBROKER__DATABASE).",
    };

    private readonly Option<LogLevel?> _logLevel = new("--log-level")
    {
        HelpName = "debug|information|warning|error",
        Description = "Log from this level on, to standard error; warning when absent.",
    };

    public ServerArguments()
    {
        _logLevel.CustomParser = result =>
        {
            if (result.Tokens[0].Value is "debug" or "information" or "warning" or "error") return Enum.Parse<LogLevel>(result.Tokens[0].Value, ignoreCase: true);
            result.AddError($"--log-level {result.Tokens[0].Value} is none of debug, information, warning, error.");
            return null;
        };
    }

    public void AddTo(Command command)
    {
        _config.AddTo(command);
        command.Add(_socket);
        command.Add(_listen);
        command.Add(_catalog);
        command.Add(_data);
        command.Add(_logLevel);
    }

    /// <summary>What the command line says, over what the file and the environment say.</summary>
    public BrokerOptions Read(ParseResult parsed)
    {
        var options = _config.Read(parsed);
        if (parsed.GetValue(_socket) is { } socket) options.UnixSocket = Path.GetFullPath(socket);
        if (parsed.GetValue(_listen) is { Length: > 0 } addresses)
        {
            options.Listen.Clear();
            foreach (var address in addresses) options.Listen.Add(address);
        }

        if (parsed.GetValue(_catalog) is { } catalog) options.CatalogFolder = Path.GetFullPath(catalog);
        if (parsed.GetValue(_data) is { } data) options.DataFolder = Path.GetFullPath(data);
        return options;
    }

    /// <summary>Starts the broker of the command line.</summary>
    public async Task<RunningBroker> StartAsync(ParseResult parsed, BrokerOptions options, Terminal terminal, bool json, CancellationToken ct)
    {
        var running = false;
        var broker = await RunningBroker.StartAsync(options, terminal.Clock, Logging, ct);
        running = true;
        return broker;

        // To standard error: in lines for people, or in JSON for programs.
        void Logging(ILoggingBuilder logging)
        {
            var least = parsed.GetValue(_logLevel) ?? LogLevel.Warning;
            logging.SetMinimumLevel(least);
            // A start that fails is told by the command itself.
            logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => running && level >= least);
            logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
            if (json) logging.AddJsonConsole(lines => (lines.UseUtcTimestamp, lines.TimestampFormat) = (true, "O"));
            else logging.AddSimpleConsole(lines => (lines.SingleLine, lines.UseUtcTimestamp, lines.TimestampFormat) = (true, true, "yyyy-MM-dd HH:mm:ss.fff'Z' "));
        }
    }
}
