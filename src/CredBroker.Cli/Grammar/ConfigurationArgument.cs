using System.CommandLine;
using System.Diagnostics;
using CredBroker.Server;

namespace CredBroker.Cli.Grammar;

/// <summary>The option that names a configuration file. Without it the environment alone is the configuration.</summary>
internal sealed class ConfigurationArgument
{
    private readonly Option<BrokerOptions?> _config = new("--config")
    {
        HelpName = "FILE",
        Description = "JSON with the section CredBroker; CREDBROKER__… environment variables go over it (docs/operations.md).",
        CustomParser = result => Read(result.Tokens[0].Value, result.AddError),
    };

    public void AddTo(Command command)
    {
        command.Add(_config);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_config) is null) Read(null, result.AddError);
        });
    }

    /// <summary>The configuration, new with each call.</summary>
    public BrokerOptions Read(ParseResult parsed) =>
        parsed.GetValue(_config) ?? Read(null, _ => { }) ?? throw new UnreachableException();

    private static BrokerOptions? Read(string? file, Action<string> problem)
    {
        if (ServerConfiguration.TryRead(file, out var options, out var why)) return options;
        problem($"the configuration cannot be read: {why}");
        return null;
    }
}
