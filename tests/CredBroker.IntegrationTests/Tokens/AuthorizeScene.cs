using CredBroker.Client;
using CredBroker.Core;
using CredBroker.V1;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Tokens;

/// <summary>Calls to Authorize, and what the wire and the audit say of them.</summary>
internal static class AuthorizeScene
{
    /// <summary>Where the backend of the test catalog takes calls.</summary>
    public static readonly Uri Endpoint = new($"{TestCatalog.Audience}/tickets/4711");

    /// <summary>The request for a call with an agent's token, with a proof of its own: to read the ticket that <see cref="Story.ReadTicket"/> names.</summary>
    public static AuthorizeRequest Request(AgentSession agent, string token) => Unproven(token).Changed(request => request.Proof = Proof(agent, token));

    /// <summary>The same without a proof.</summary>
    public static AuthorizeRequest Unproven(string token) => new()
    {
        RequestId = TestBroker.NewId(), Token = token, Tool = "tickets", Action = "read", Resource = "acme/tickets/4711",
        Parameters = { new Argument { Name = "state", Text = "open" } },
    };

    /// <summary>A proof, and the request that it came with.</summary>
    public static PresentedProof Proof(AgentSession agent, string token) =>
        new() { Dpop = agent.ProofFor("GET", Endpoint, token), Method = "GET", Uri = Endpoint.AbsoluteUri };

    /// <summary>A token of a new task, for one call when the catalog says so.</summary>
    public static async Task<MintResponse> MintAsync(this AgentSession agent, Capability? capability = null) =>
        await agent.Tokens.MintAsync(Story.Mint((await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId, capability));

    /// <summary>The test catalog with tokens for one call to read tickets.</summary>
    public static string SingleUse() => TestCatalog.Yaml().Replace("      read:\n", "      read:\n        single_use: true\n", StringComparison.Ordinal);

    /// <summary>Not allowed, like every call that is not; the audit has the true reason.</summary>
    public static async Task NotAllowedAsync(this TestDatabase database, Reason reason, Grpc.Core.AsyncUnaryCall<AuthorizeResponse> call)
    {
        var answer = await call;
        Assert.Equal(new AuthorizeResponse { DecisionId = answer.DecisionId }, answer);
        Assert.Equal(reason.ToString(), await database.ScalarAsync<string>(
            "SELECT payload->>'reason' FROM audit_entries WHERE decision_id = $1 AND kind = 21", Guid.Parse(answer.DecisionId)));
    }

    /// <summary>Allowed, and on record under the decision that is answered.</summary>
    public static async Task<AuthorizeResponse> AllowedAsync(this TestDatabase database, Grpc.Core.AsyncUnaryCall<AuthorizeResponse> call)
    {
        var answer = await call;
        Assert.True(answer.Allowed, await database.ScalarAsync<string>(
            "SELECT payload->>'reason' FROM audit_entries WHERE decision_id = $1", Guid.Parse(answer.DecisionId)));
        Assert.Equal(1L, await database.ScalarAsync<long>(
            "SELECT count(*) FROM audit_entries WHERE decision_id = $1 AND kind = 20 AND payload->>'jti' = $2", Guid.Parse(answer.DecisionId), answer.Jti));
        return answer;
    }
}
