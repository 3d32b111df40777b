using System.CommandLine;
using CredBroker.Cli.Grammar;
using CredBroker.V1;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker token result</c>.</summary>
internal static class TokenResultCommand
{
    public static Command Build(Shell shell)
    {
        var jti = new Argument<string>("jti") { Description = "The token that the call was made with." };
        var outcome = RequestArguments.Outcome("How the call ended; completed when absent.");
        var fragment = new Option<string?>("--fragment") { HelpName = "TEXT", Description = "A part of the result, for the record: at most 4,096 bytes." };
        var requestId = RequestArguments.RequestId();
        var command = new Command("result", "Record what came of a call: a backend that serves the token's audience, or the agent itself.")
        {
            jti, outcome, fragment, requestId,
        };
        return shell.Calling(command, async (call, ct) =>
        {
            var request = new RecordResultRequest
            {
                RequestId = call.Get(requestId) ?? call.NewRequestId(),
                Jti = call.Get(jti),
                Outcome = call.Get(outcome) ?? Outcome.Completed,
                ResultFragment = call.Get(fragment) ?? "",
            };
            var answer = await call.Tasks.RecordResultAsync(request, cancellationToken: ct);
            return call.Answer(answer, page => page.Line(answer.SelfReported ? "recorded as the agent's own word" : "recorded as the enforcement point's"));
        });
    }
}
