using System.CommandLine;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker explain</c>: why a decision came out as it did, in sentences.</summary>
internal static class ExplainCommand
{
    public static Command Build(Shell shell)
    {
        var decision = new Argument<string>("decision-id") { Description = "The decision, as the denial or the record names it." };
        return shell.Calling(new Command("explain", "Why a decision came out as it did, and what would have changed it. Role: viewer.") { decision }, async (call, ct) =>
        {
            var answer = await call.Admin.ExplainAsync(new() { DecisionId = call.Get(decision) }, cancellationToken: ct);
            return call.Answer(answer, page =>
            {
                foreach (var sentence in answer.Sentences) page.Line(sentence);
            });
        });
    }
}
