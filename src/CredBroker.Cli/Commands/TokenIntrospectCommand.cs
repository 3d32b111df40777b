using System.CommandLine;
using System.Globalization;
using CredBroker.Cli.Grammar;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker token introspect</c>.</summary>
internal static class TokenIntrospectCommand
{
    public static Command Build(Shell shell)
    {
        var token = RequestArguments.Token(shell.Terminal);
        var command = new Command("introspect", "Whether a token is active now, for a backend that serves its audience.") { token };
        return shell.Calling(command, async (call, ct) =>
        {
            var answer = await call.Tokens.IntrospectAsync(new() { Token = call.Get(token) }, cancellationToken: ct);
            return call.Answer(answer, page =>
            {
                if (!answer.Active) page.Line("not active");
                else page.Fields(
                    ("active", "yes"),
                    ("jti", answer.Jti),
                    ("capability", CapabilityText.Of(answer.Capability)),
                    ("audience", answer.Aud),
                    ("workload", answer.Sub),
                    ("initiator", answer.Initiator),
                    ("task", answer.TaskId),
                    ("root", answer.Txn == answer.TaskId ? "" : answer.Txn),
                    ("type", answer.TokenType),
                    ("binding", Binding(answer.Cnf)),
                    ("expires", DateTimeOffset.FromUnixTimeSeconds(answer.Exp).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)));
            });
        });
    }

    private static string Binding(V1.Confirmation? cnf) => cnf switch
    {
        { Jkt.Length: > 0 } => $"jkt:{cnf.Jkt}",
        { X5TS256.Length: > 0 } => $"x5t#S256:{cnf.X5TS256}",
        _ => "none",
    };
}
