using System.CommandLine;
using CredBroker.Cli.Grammar;
using CredBroker.Cli.Output;
using CredBroker.Client;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker attest</c>: tries evidence, and if asked keeps the identity for later commands.</summary>
internal static class AttestCommand
{
    public static Command Build(Shell shell)
    {
        var evidence = new Option<Evidence?>("--evidence")
        {
            HelpName = EvidenceText.Form,
            Description = "What to present; unix when absent.",
            CustomParser = result =>
            {
                if (EvidenceText.TryParse(result.Tokens[0].Value, shell.Terminal.In, out var parsed, out var problem)) return parsed;
                result.AddError($"--evidence: {problem}.");
                return null;
            },
        };
        var file = new Option<string?>("--out")
        {
            HelpName = "FILE",
            Description = "Put the identity token and its private key into this file, for --identity. Only its owner may read it.",
        };
        var command = new Command("attest", "Prove what this process is, and learn as which workload it is known.") { evidence, file };
        return shell.Connecting(command, async (call, ct) =>
        {
            var (key, pkcs8) = call.Connection.PresentsCertificate ? (null, null) : SavedIdentity.NewKey();
            await using var session = await AgentSession.AttestAsync(call.Connection, call.Parsed.GetValue(evidence) ?? new Evidence.UnixPeer(), key, ct);
            if (call.Get(file) is { } path) SavedIdentity.Write(path, session.Identity, pkcs8);
            return Show(call, session.Identity);
        });
    }

    private static ExitCode Show(BrokerCall call, AgentIdentity identity)
    {
        var answer = new V1.AttestResponse
        {
            SpiffeId = identity.SpiffeId,
            Workload = identity.Workload,
            Selectors = { identity.Selectors },
            Binding = identity.Binding,
            ExpiresAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(identity.ExpiresAt),
        };
        return call.Answer(
            () =>
            {
                var json = JsonText.Node(answer);
                json.Remove("identity_token");
                return json;
            },
            page => page.Fields(
                ("workload", $"{answer.Workload} ({answer.SpiffeId})"),
                ("matched", string.Join(", ", answer.Selectors)),
                ("binding", answer.Binding),
                ("expires", Page.Time(answer.ExpiresAt))));
    }
}
