using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;

namespace CredBroker.Load.Cells;

/// <summary>Durable mints under a few tasks.</summary>
internal static class MintCell
{
    private const int TaskCount = 16;

    /// <param name="address">The broker.</param>
    /// <param name="admin">Where a join token is made; null: callers by Unix peer.</param>
    /// <param name="pile">Takes every token, those of the warm-up too.</param>
    /// <param name="meter">What CPU time is watched.</param>
    public static async Task<Measurement> RunAsync(string address, string? admin, TokenPile pile, CpuMeter meter)
    {
        await using var caller = admin is null ? await BenchCaller.LocalAsync(address) : await BenchCaller.JoinedAsync(address, admin);
        var tasks = new string[TaskCount];
        for (var i = 0; i < tasks.Length; i++) tasks[i] = (await caller.Session.Tasks.StartTaskAsync(Start(NewId()))).Task.TaskId;

        using var channels = new Channels(address);
        var clients = channels.Clients(invoker => new V1.Tokens.TokensClient(invoker));
        var requests = Enumerable.Range(0, ClosedLoop.Callers).Select(i => new MintRequest { TaskId = tasks[i % TaskCount], Capability = Read() }).ToArray();
        return await ClosedLoop.RunAsync(async number =>
        {
            var request = requests[number];
            request.RequestId = NewId();
            pile.Keep(number, (await clients[number % clients.Length].MintAsync(request, caller.ForMint())).Token);
            return true;
        }, WarmUp.Usual, meter);
    }

    private static string NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString();

    private static Capability Read(string resource = "acme/tickets/4711") => new()
    {
        Tool = "tickets", Action = "read", Resource = resource,
        Parameters = { new Parameter { Name = "state", OneOf = new StringSet { Values = { "open" } } } },
    };

    private static StartTaskRequest Start(string requestId) => new()
    {
        RequestId = requestId, Intent = "Answer ticket 4711", Initiator = "user:alice@example.test", Budget = 1_000_000,
        TimeToLive = Duration.FromTimeSpan(TimeSpan.FromMinutes(30)), Envelope = { Read("acme/**") },
    };
}
