using System.CommandLine;
using System.Text.Json.Nodes;
using CredBroker.Cli.Output;
using CredBroker.Client;
using CredBroker.V1;
using Google.Protobuf;

namespace CredBroker.Cli;

/// <summary>One command that talks to a broker: what was given to it, the broker's services, and where its answer goes.</summary>
internal sealed class BrokerCall(Shell shell, ParseResult parsed, BrokerConnection connection, AgentSession? session)
{
    public Shell Shell => shell;

    public Terminal Terminal => shell.Terminal;

    public ParseResult Parsed => parsed;

    public BrokerConnection Connection => connection;

    /// <summary>The attested workload that calls; null when the connection alone vouches for the caller.</summary>
    public AgentSession? Session => session;

    public Attestation.AttestationClient Attestation => session?.Attestation ?? connection.Attestation;

    public V1.Tasks.TasksClient Tasks => session?.Tasks ?? connection.Tasks;

    public V1.Tokens.TokensClient Tokens => session?.Tokens ?? connection.Tokens;

    public V1.Admin.AdminClient Admin => session?.Admin ?? connection.Admin;

    public V1.Approvals.ApprovalsClient Approvals => session?.Approvals ?? connection.Approvals;

    public string NewRequestId() => connection.NewRequestId();

    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    public T Get<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);

    /// <summary>Writes the broker's answer.</summary>
    public ExitCode Answer(IMessage answer, Action<Page> show) => Answer(() => JsonText.Node(answer), show);

    /// <summary>Writes an answer that is not one of the broker's as it is.</summary>
    public ExitCode Answer(Func<JsonNode> answer, Action<Page> show) => shell.Answer(parsed, answer, show);
}
