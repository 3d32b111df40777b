using System.CommandLine;
using System.Text.Json.Nodes;
using CredBroker.Cli.Grammar;
using CredBroker.Client;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker token proof</c>: what to send beside a minted token, for calls made with curl.</summary>
internal static class TokenProofCommand
{
    public static Command Build(Shell shell)
    {
        var token = RequestArguments.Token(shell.Terminal);
        var method = new Option<string?>("--method") { HelpName = "METHOD", Description = "The HTTP method of the request; GET when absent." };
        var uri = new Option<Uri>("--uri") { HelpName = "URI", Description = "The absolute URI of the request.", Required = true };
        uri.CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var parsed) && parsed.Scheme is "https" or "http") return parsed;
            result.AddError($"--uri {result.Tokens[0].Value} is not an absolute http or https URI.");
            return null;
        };
        var nonce = new Option<string?>("--nonce") { HelpName = "TEXT", Description = "The backend's DPoP-Nonce, if it gave one." };
        var identity = CallerArguments.Identity();
        identity.Required = true;
        var command = new Command("proof", "A DPoP proof (RFC 9449) for one request with a token: the value of its DPoP header.") { token, method, uri, nonce, identity };
        return shell.Local(command, (parsed, _) =>
        {
            using var key = parsed.GetValue(identity)?.TakeKey();
            if (key is null)
            {
                shell.Terminal.Fail("the identity is bound to a certificate, not to a key", "present the certificate to the backend");
                return Task.FromResult(ExitCode.Failed);
            }

            var request = (Method: parsed.GetValue(method) ?? "GET", Uri: parsed.GetRequiredValue(uri));
            var proof = AgentSession.ProofFor(
                key, request.Method, request.Uri, parsed.GetRequiredValue(token), parsed.GetValue(nonce), shell.Terminal.Clock);
            return Task.FromResult(shell.Answer(parsed, () => new JsonObject { ["dpop"] = proof }, page => page.Line(proof)));
        });
    }
}
