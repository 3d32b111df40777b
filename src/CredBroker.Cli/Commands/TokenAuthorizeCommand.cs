using System.CommandLine;
using CredBroker.Cli.Grammar;
using CredBroker.V1;
using Argument = CredBroker.V1.Argument;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker token authorize</c>: takes one use of a token, as a backend does before it makes a call.</summary>
internal static class TokenAuthorizeCommand
{
    public static Command Build(Shell shell)
    {
        var token = RequestArguments.Token(shell.Terminal);
        var called = new Argument<Capability?>("call")
        {
            Description = "The call: tool:action:resource[?name=text;name:5;name:true], one value to each parameter.",
            CustomParser = result =>
            {
                if (RequestArguments.Capability(result.Tokens[0].Value, result.AddError) is not { } capability) return null;
                if (Arguments(capability) is null) result.AddError("a call has one value to each parameter: name=text, name:5 or name:true.");
                return capability;
            },
        };
        var proof = new Option<string?>("--proof") { HelpName = "TEXT", Description = "The DPoP header that came with the token." };
        var method = new Option<string?>("--method") { HelpName = "METHOD", Description = "The HTTP method of the request that it came with; GET when absent." };
        var uri = new Option<string?>("--uri") { HelpName = "URI", Description = "The URI of that request, without its query." };
        var certificate = new Option<string?>("--certificate-thumbprint")
        {
            HelpName = "TEXT", Description = "The SHA-256 of the client certificate that the token came over, base64url.",
        };
        var requestId = RequestArguments.RequestId();
        var command = new Command("authorize", "Take one use of a token for one call, for a backend that serves its audience.")
        {
            token, called, proof, method, uri, certificate, requestId,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(proof) is not null && result.GetValue(uri) is null) result.AddError("--proof and --uri go together.");
        });
        return shell.Calling(command, async (call, ct) =>
        {
            var what = call.Get(called)!;
            var request = new AuthorizeRequest
            {
                RequestId = call.Get(requestId) ?? call.NewRequestId(),
                Token = call.Get(token),
                CertificateX5TS256 = call.Get(certificate) ?? "",
                Tool = what.Tool,
                Action = what.Action,
                Resource = what.Resource,
                Parameters = { Arguments(what) },
            };
            if (call.Get(proof) is { } dpop) request.Proof = new() { Dpop = dpop, Method = call.Get(method) ?? "GET", Uri = call.Get(uri) ?? "" };
            var answer = await call.Tokens.AuthorizeAsync(request, cancellationToken: ct);
            return call.Answer(answer, page => page.Fields(
            [
                ("allowed", answer.Allowed ? "yes" : "no"),
                ("decision", answer.DecisionId),
                ("jti", answer.Jti),
                ("workload", answer.Workload),
                ("initiator", answer.Initiator),
                ("task", answer.TaskId),
                .. answer.Obligations.Select(obligation => ("obligation", (string?)obligation)),
            ]));
        });
    }

    // Null: a parameter is left open.
    private static List<Argument>? Arguments(Capability capability)
    {
        var arguments = new List<Argument>();
        foreach (var parameter in capability.Parameters)
        {
            switch (parameter.ConstraintCase)
            {
                case Parameter.ConstraintOneofCase.OneOf when parameter.OneOf.Values is [var text]:
                    arguments.Add(new() { Name = parameter.Name, Text = text });
                    break;
                case Parameter.ConstraintOneofCase.Range when parameter.Range.Min == parameter.Range.Max:
                    arguments.Add(new() { Name = parameter.Name, Number = parameter.Range.Min });
                    break;
                case Parameter.ConstraintOneofCase.Boolean:
                    arguments.Add(new() { Name = parameter.Name, Boolean = parameter.Boolean });
                    break;
                default:
                    return null;
            }
        }

        return arguments;
    }
}
