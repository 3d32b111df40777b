using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;

namespace CredBroker.Load.Cells;

/// <summary>Durable uses of a few tokens that are not counted, by a backend that the kernel vouches for: a row and an audit entry for each.</summary>
internal static class AuthorizeCell
{
    private const int TaskCount = 16;
    private const int TokensOfTask = 64;
    private static readonly Uri s_endpoint = new($"{BenchCatalog.Audience}/acme/tickets/4711");

    /// <param name="address">The broker: mints the tokens, and authorizes.</param>
    /// <param name="proofs">True: tokens are bound to a key, and each call comes with a proof by it. False: bearer tokens.</param>
    /// <param name="meter">What CPU time is watched.</param>
    public static async Task<Measurement> RunAsync(string address, bool proofs, CpuMeter meter)
    {
        await using var caller = await BenchCaller.LocalAsync(address);
        var tokens = await MintAsync(caller, bearer: !proofs);
        using var channels = new Channels(address);
        var clients = channels.Clients(invoker => new V1.Tokens.TokensClient(invoker));
        var requests = Enumerable.Range(0, ClosedLoop.Callers).Select(_ => Request()).ToArray();
        var next = -1;
        return await ClosedLoop.RunAsync(async number =>
        {
            var request = requests[number];
            request.RequestId = NewId();
            request.Token = tokens[(int)((uint)Interlocked.Increment(ref next) % (uint)tokens.Length)];
            if (proofs) request.Proof = new() { Dpop = caller.Session.ProofFor("GET", s_endpoint, request.Token), Method = "GET", Uri = s_endpoint.AbsoluteUri };
            var answer = await clients[number % clients.Length].AuthorizeAsync(request);
            return answer.Allowed ? true : throw new InvalidOperationException("a call within its grant is not allowed");
        }, WarmUp.Usual, meter);
    }

    private static async Task<string[]> MintAsync(BenchCaller caller, bool bearer)
    {
        var tokens = new List<string>();
        for (var i = 0; i < TaskCount; i++)
        {
            var task = await caller.Session.Tasks.StartTaskAsync(new StartTaskRequest
            {
                RequestId = NewId(), Intent = "Answer ticket 4711", Initiator = "user:alice@example.test", Budget = TokensOfTask,
                TimeToLive = Duration.FromTimeSpan(TimeSpan.FromMinutes(30)), Envelope = { Read("acme/**") },
            });
            for (var j = 0; j < TokensOfTask; j++)
            {
                var mint = new MintRequest { RequestId = NewId(), TaskId = task.Task.TaskId, Capability = Read("acme/tickets/4711"), Bearer = bearer };
                tokens.Add((await caller.Session.Tokens.MintAsync(mint)).Token);
            }
        }

        return [.. tokens];
    }

    private static AuthorizeRequest Request() => new()
    {
        Tool = "tickets", Action = "read", Resource = "acme/tickets/4711", Parameters = { new Argument { Name = "state", Text = "open" } },
    };

    private static Capability Read(string resource) => new()
    {
        Tool = "tickets", Action = "read", Resource = resource,
        Parameters = { new Parameter { Name = "state", OneOf = new StringSet { Values = { "open" } } } },
    };

    private static string NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString();
}
