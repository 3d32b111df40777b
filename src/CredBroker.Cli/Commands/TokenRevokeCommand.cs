using System.CommandLine;
using CredBroker.Cli.Grammar;
using CredBroker.V1;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker token revoke</c>.</summary>
internal static class TokenRevokeCommand
{
    public static Command Build(Shell shell)
    {
        var token = RequestArguments.Token(shell.Terminal);
        token.Description = "The token, or its jti; - reads it from standard input.";
        var cause = RequestArguments.Cause();
        return shell.Calling(new Command("revoke", "Revoke one token: its own workload, or an operator.") { token, cause }, async (call, ct) =>
        {
            var text = call.Get(token);
            var request = new RevokeTokenRequest { RequestId = call.NewRequestId(), Cause = call.Get(cause) };
            if (Guid.TryParseExact(text, "D", out _)) request.Jti = text;
            else request.Token = text;
            var answer = await call.Tokens.RevokeAsync(request, cancellationToken: ct);
            return call.Answer(answer, page => page.Line(answer.AlreadyInactive ? "was not active" : "revoked"));
        });
    }
}
