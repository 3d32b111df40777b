using System.CommandLine;
using CredBroker.Cli.Grammar;
using CredBroker.Cli.Output;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;

namespace CredBroker.Cli.Commands;

/// <summary><c>credbroker task start</c>.</summary>
internal static class TaskStartCommand
{
    public static Command Build(Shell shell)
    {
        var intent = new Option<string>("--intent") { HelpName = "TEXT", Description = "What the task is for: 1 to 4,096 bytes.", Required = true };
        var initiator = new Option<string>("--initiator")
        {
            HelpName = "TEXT",
            Description = "On whose behalf: 1 to 256 bytes, such as user:alice@example.org.",
            Required = true,
        };
        var envelope = RequestArguments.Envelope();
        var life = RequestArguments.Duration("--ttl", "How long the task may live; 15m when absent.");
        var heartbeat = RequestArguments.Duration("--heartbeat", "Promise a heartbeat at least this often; none when absent.");
        var budget = new Option<int?>("--budget") { HelpName = "COUNT", Description = "The most tokens the task may mint; the catalog's ceiling when absent." };
        var prompt = RequestArguments.Prompt();
        var requestId = RequestArguments.RequestId();

        var command = new Command("start", "Open a task for the calling workload.") { intent, initiator, envelope, life, heartbeat, budget, prompt, requestId };
        return shell.Calling(command, async (call, ct) =>
        {
            var request = new StartTaskRequest
            {
                RequestId = call.Get(requestId) ?? call.NewRequestId(),
                Intent = call.Get(intent),
                Initiator = call.Get(initiator),
                Envelope = { call.Get(envelope) },
                TimeToLive = call.Get(life) ?? Duration.FromTimeSpan(TimeSpan.FromMinutes(15)),
                HeartbeatInterval = call.Get(heartbeat),
                PromptFragment = call.Get(prompt) ?? "",
            };
            if (call.Get(budget) is { } most) request.Budget = most;
            var answer = await call.Tasks.StartTaskAsync(request, cancellationToken: ct);
            return call.Answer(answer, page => TaskPage.Show(page, answer.Task));
        });
    }
}
