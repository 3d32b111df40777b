using System.CommandLine;
using CredBroker.Client;

namespace CredBroker.Cli.Grammar;

/// <summary>The options that say as whom to call. Without them the connection alone vouches for the caller.</summary>
internal sealed class CallerArguments
{
    private readonly Option<SavedIdentity?> _identity = Identity();
    private readonly Option<Evidence?> _evidence;

    public CallerArguments(Terminal terminal)
    {
        _evidence = new Option<Evidence?>("--evidence")
        {
            HelpName = EvidenceText.Form,
            Description = "Attest first, with a key that is forgotten at the end of the command.",
            CustomParser = result =>
            {
                if (EvidenceText.TryParse(result.Tokens[0].Value, terminal.In, out var evidence, out var problem)) return evidence;
                result.AddError($"--evidence: {problem}.");
                return null;
            },
        };
    }

    /// <summary>The option that names a file of <c>credbroker attest --out</c>.</summary>
    public static Option<SavedIdentity?> Identity() => new("--identity")
    {
        HelpName = "FILE",
        Description = "Call as the workload whose identity credbroker attest --out put into this file.",
        CustomParser = result =>
        {
            if (SavedIdentity.TryRead(result.Tokens[0].Value, out var saved, out var problem)) return saved;
            result.AddError($"--identity {result.Tokens[0].Value}: {problem}.");
            return null;
        },
    };

    public void AddTo(Command command)
    {
        command.Add(_identity);
        command.Add(_evidence);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_identity) is not null && result.GetResult(_evidence) is not null)
                result.AddError("--identity and --evidence cannot both be given.");
        });
    }

    /// <summary>The workload to call as; null: whoever the connection vouches for.</summary>
    public async Task<AgentSession?> OpenAsync(ParseResult parsed, BrokerConnection connection, CancellationToken ct)
    {
        if (parsed.GetValue(_identity) is { } saved) return AgentSession.Resume(connection, saved.Identity, saved.TakeKey());
        return parsed.GetValue(_evidence) is { } evidence ? await AgentSession.AttestAsync(connection, evidence, ct) : null;
    }
}
