using System.CommandLine;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker whoami</c>.</summary>
internal static class WhoAmICommand
{
    public static Command Build(Shell shell) =>
        shell.Calling(new Command("whoami", "What the broker believes of the caller."), async (call, ct) =>
        {
            var answer = await call.Attestation.WhoAmIAsync(new(), cancellationToken: ct);
            return call.Answer(answer, page => page.Fields(
                ("workload", answer.SpiffeId.Length == 0 ? "none" : $"{answer.Workload} ({answer.SpiffeId})"),
                ("known by", answer.AuthenticatedBy),
                ("binding", answer.Binding),
                ("serves", string.Join(", ", answer.Serves)),
                ("administrator", answer.Admin),
                ("roles", string.Join(", ", answer.Roles))));
        });
}
