using System.CommandLine;
using CredBroker.Cli.Grammar;
using CredBroker.Cli.Output;
using CredBroker.V1;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker join-token create</c>: the secret, alone, on standard output.</summary>
internal static class JoinTokenCreateCommand
{
    public static Command Build(Shell shell)
    {
        var workload = new Argument<string>("workload") { Description = "The catalog's name of a workload that may attest with a join token." };
        var life = RequestArguments.Duration("--ttl", "How long it may be used; 10m when absent.");
        var command = new Command("create", "Make a secret that attests a workload once. It is shown once. Role: operator.") { workload, life };
        return shell.Calling(command, async (call, ct) =>
        {
            var request = new CreateJoinTokenRequest { RequestId = call.NewRequestId(), Workload = call.Get(workload), TimeToLive = call.Get(life) };
            var answer = await call.Admin.CreateJoinTokenAsync(request, cancellationToken: ct);
            return call.Answer(answer, page =>
            {
                page.Line(answer.Secret);
                call.Terminal.Note($"attests {request.Workload} once, until {Page.Time(answer.ExpiresAt)}");
            });
        });
    }
}
