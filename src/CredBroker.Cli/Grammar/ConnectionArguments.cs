using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using CredBroker.Client;

namespace CredBroker.Cli.Grammar;

/// <summary>The options that say where the broker is and who calls it. Files that they name are read while the command line is.</summary>
internal sealed class ConnectionArguments
{
    private const string AddressVariable = "CREDBROKER_ADDRESS";

    private readonly Option<BrokerAddress?> _address;
    private readonly Option<BrokerAddress?> _socket;
    private readonly Option<X509Certificate2Collection?> _roots;
    private readonly Option<X509Certificate2Collection?> _certificate;
    private readonly Option<FileInfo> _certificateKey;

    private readonly Terminal _terminal;

    public ConnectionArguments(Terminal terminal)
    {
        _terminal = terminal;
        _address = new Option<BrokerAddress?>("--address")
        {
            HelpName = "ADDRESS",
            Description = $"unix:/path, https://host:port, or http://host:port on loopback. ${AddressVariable} when absent.",
            CustomParser = Address,
        };
        _socket = new Option<BrokerAddress?>("--socket")
        {
            HelpName = "PATH",
            Description = "The broker's Unix socket: short for --address unix:PATH.",
            CustomParser = result => Parse($"unix:{result.Tokens[0].Value}", "--socket", result.AddError),
        };
        _roots = new Option<X509Certificate2Collection?>("--ca")
        {
            HelpName = "FILE",
            Description = "PEM: the only roots to trust for the broker's certificate.",
            CustomParser = result => Pem.ReadCertificates(result),
        };
        _certificate = new Option<X509Certificate2Collection?>("--client-cert")
        {
            HelpName = "FILE",
            Description = "PEM: certificate to call with (X.509-SVID), its intermediates after it.",
            CustomParser = result => Pem.ReadCertificates(result),
        };
        _certificateKey = new Option<FileInfo>("--client-key")
        {
            HelpName = "FILE",
            Description = "PEM: the private key of --client-cert.",
        };
    }

    public void AddTo(Command command)
    {
        command.Add(_address);
        command.Add(_socket);
        command.Add(_roots);
        command.Add(_certificate);
        command.Add(_certificateKey);
        command.Validators.Add(Check);
    }

    /// <summary>A connection to the broker that the command line names.</summary>
    public BrokerConnection Open(ParseResult parsed, TimeProvider clock)
    {
        var chain = parsed.GetValue(_certificate);
        var options = new ConnectionOptions
        {
            Clock = clock,
            TrustedRoots = parsed.GetValue(_roots),
            ClientCertificate = chain is null ? null : Pem.WithKey(chain[0], parsed.GetRequiredValue(_certificateKey)),
            ClientChain = chain is { Count: > 1 } ? [.. chain.Skip(1)] : null,
        };
        var address = parsed.GetValue(_socket) ?? parsed.GetValue(_address) ?? FromEnvironment(_ => { }) ?? throw new UnreachableException();
        return BrokerConnection.Open(address, options);
    }

    private void Check(CommandResult command)
    {
        var (address, socket) = (command.GetResult(_address), command.GetResult(_socket));
        if (address is not null && socket is not null) command.AddError("--socket and --address cannot both be given.");
        if (address is null && socket is null && FromEnvironment(command.AddError) is null && !command.Errors.Any())
            command.AddError($"where is the broker? Give --socket or --address, or set {AddressVariable}.");
        if (command.GetResult(_certificate) is null != command.GetResult(_certificateKey) is null)
            command.AddError("--client-cert and --client-key go together.");
    }

    private BrokerAddress? FromEnvironment(Action<string> problem) =>
        _terminal.Environment(AddressVariable) is { Length: > 0 } text ? Parse(text, AddressVariable, problem) : null;

    private static BrokerAddress? Address(ArgumentResult result) => Parse(result.Tokens[0].Value, "--address", result.AddError);

    private static BrokerAddress? Parse(string text, string name, Action<string> problem)
    {
        if (BrokerAddress.TryParse(text, out var address, out var why)) return address;
        problem($"{name} {text} {why}.");
        return null;
    }
}
