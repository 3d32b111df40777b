using System.CommandLine;
using CredBroker.Cli.Grammar;
using CredBroker.Cli.Output;
using CredBroker.V1;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker token mint</c>: the token, alone, on standard output.</summary>
internal static class TokenMintCommand
{
    public static Command Build(Shell shell)
    {
        var task = RequestArguments.TaskId();
        var capability = new Argument<Capability?>("capability")
        {
            Description = $"{CapabilityText.Form}, or JSON.",
            CustomParser = result => RequestArguments.Capability(result.Tokens[0].Value, result.AddError),
        };
        var life = RequestArguments.Duration("--ttl", "How long the token may live; the ceiling when absent.");
        var bearer = new Option<bool>("--bearer") { Description = "Ask for a token bound to no key, where the catalog allows it for the tool." };
        var approval = new Option<string?>("--approval") { HelpName = "APPROVAL-ID", Description = "Take this approval, which must be of exactly this capability." };
        var prompt = RequestArguments.Prompt();
        var requestId = RequestArguments.RequestId();
        var command = new Command("mint", "Mint a token for one capability of a task. It is bound to the caller's key: see --identity.")
        {
            task, capability, life, bearer, approval, prompt, requestId,
        };
        return shell.Calling(command, async (call, ct) =>
        {
            var request = new MintRequest
            {
                RequestId = call.Get(requestId) ?? call.NewRequestId(),
                TaskId = call.Get(task),
                Capability = call.Get(capability),
                TimeToLive = call.Get(life),
                Bearer = call.Get(bearer),
                ApprovalId = call.Get(approval) ?? "",
                PromptFragment = call.Get(prompt) ?? "",
            };
            var answer = await call.Tokens.MintAsync(request, cancellationToken: ct);
            return call.Answer(answer, page =>
            {
                page.Line(answer.Token);
                call.Terminal.Note($"{answer.TokenType} token {answer.Jti}, expires {Page.Time(answer.ExpiresAt)}");
            });
        });
    }
}
