using System.Buffers.Text;
using System.Text.Json;
using CredBroker.Client;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;

namespace CredBroker.IntegrationTests.Tasks;

/// <summary>Requests that delegate, within a catalog that has two more agents with room to work.</summary>
internal static class Delegations
{
    public const string Helper = "spiffe://example.test/helper";
    public const string Second = "spiffe://example.test/second";

    /// <summary>The test catalog, and the agents <c>helper</c> and <c>second</c>, who join.</summary>
    /// <param name="limits">More limits of each of the two.</param>
    /// <param name="broker">What the catalog says of the broker.</param>
    public static string Yaml(string limits = "", string broker = "{}") =>
        $"broker: {broker}\n{TestCatalog.Yaml()}{Workload("helper", Helper, limits)}{Workload("second", Second, limits)}";

    /// <summary>A child of a task: reads one ticket for ten minutes, with a budget of four.</summary>
    public static DelegateTaskRequest Delegate(string parent, string to = Helper, params Capability[] envelope) => new()
    {
        RequestId = TestBroker.NewId(), TaskId = parent, ToWorkload = to, Intent = "Look the ticket up", Budget = 4,
        TimeToLive = Duration.FromTimeSpan(TimeSpan.FromMinutes(10)), Envelope = { envelope.Length == 0 ? [Story.ReadTicket("acme/tickets/*")] : envelope },
    };

    public static AcceptTaskRequest Accept(string task) => new() { RequestId = TestBroker.NewId(), TaskId = task };

    public static EndTaskRequest Cancel(string task) => Story.End(task).Changed(end => end.Outcome = Outcome.Cancelled);

    /// <summary>Starts a root task with a budget of a hundred.</summary>
    public static async Task<string> RootAsync(this AgentSession agent) =>
        (await agent.Tasks.StartTaskAsync(Story.Start().Changed(start => start.Budget = 100))).Task.TaskId;

    /// <summary>Delegates to a session's workload, which accepts.</summary>
    /// <returns>The child, active.</returns>
    public static async Task<string> HandAsync(this AgentSession from, string parent, AgentSession to, Action<DelegateTaskRequest>? change = null)
    {
        var request = Delegate(parent, to.Identity.SpiffeId);
        change?.Invoke(request);
        var child = (await from.Tasks.DelegateTaskAsync(request)).Task.TaskId;
        Assert.Equal(TaskState.Active, (await to.Tasks.AcceptTaskAsync(Accept(child))).Task.State);
        return child;
    }

    /// <summary>What a token says, unverified.</summary>
    public static JsonElement ClaimsOf(string token) => JsonElement.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]));

    public static async Task<bool> IsActiveAsync(this AgentSession backend, string token) =>
        (await backend.Tokens.IntrospectAsync(new IntrospectRequest { Token = token })).Active;

    private static string Workload(string name, string id, string limits) => $$"""

          {{name}}:
            spiffe_id: {{id}}
            owner: tests
            class: agent
            attest:
              - join_token: true
            allow:
              - { tool: tickets, actions: [read], resource: acme/** }
              - { tool: mail, actions: [send], resource: customers/* }
            limits: { calls_per_second: 100000{{limits}} }
        """;
}
