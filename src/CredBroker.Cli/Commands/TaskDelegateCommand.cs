using System.CommandLine;
using CredBroker.Cli.Grammar;
using CredBroker.Cli.Output;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker task delegate</c>.</summary>
internal static class TaskDelegateCommand
{
    public static Command Build(Shell shell)
    {
        var task = RequestArguments.TaskId();
        var to = new Option<string>("--to") { HelpName = "SPIFFE-ID", Description = "The workload that is to do it.", Required = true };
        var intent = new Option<string>("--intent") { HelpName = "TEXT", Description = "What it is for: 1 to 4,096 bytes.", Required = true };
        var envelope = RequestArguments.Envelope();
        var life = RequestArguments.Duration("--ttl", "How long it may live, never past its parent's deadline; 15m when absent.");
        var budget = new Option<int?>("--budget")
        {
            HelpName = "COUNT",
            Description = "The tokens it may mint, taken out of its parent's budget; half of what is left when absent.",
        };
        var prompt = RequestArguments.Prompt();
        var requestId = RequestArguments.RequestId();

        var command = new Command("delegate", "Give a part of a task to another workload, which has to accept it.")
        {
            task, to, intent, envelope, life, budget, prompt, requestId,
        };
        return shell.Calling(command, async (call, ct) =>
        {
            var request = new DelegateTaskRequest
            {
                RequestId = call.Get(requestId) ?? call.NewRequestId(),
                TaskId = call.Get(task),
                ToWorkload = call.Get(to),
                Intent = call.Get(intent),
                Envelope = { call.Get(envelope) },
                TimeToLive = call.Get(life) ?? Duration.FromTimeSpan(TimeSpan.FromMinutes(15)),
                PromptFragment = call.Get(prompt) ?? "",
            };
            if (call.Get(budget) is { } most) request.Budget = most;
            var answer = await call.Tasks.DelegateTaskAsync(request, cancellationToken: ct);
            return call.Answer(answer, page => TaskPage.Show(page, answer.Task));
        });
    }
}
