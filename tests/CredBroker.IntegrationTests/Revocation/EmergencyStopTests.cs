using CredBroker.Client;
using CredBroker.IntegrationTests.Tasks;
using CredBroker.Server.Revocation;
using CredBroker.V1;
using Npgsql;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Revocation;

/// <summary>Admin.Revoke kills what it names and nothing else, says how much that was, and leaves a record.</summary>
public sealed class EmergencyStopTests(Postgres postgres) : IAsyncLifetime
{
    private const string Cause = "an incident";
    private const string Alice = "user:alice@example.test";
    private const string Bob = "user:bob@example.test";
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    // Whose token it is, of which tool, for whom. In the order in which the tests name them.
    private readonly Dictionary<string, (string Task, MintResponse Token)> live = [];
    private TestBroker broker = null!;
    private AgentSession agent = null!;
    private AgentSession other = null!;
    private AgentSession backend = null!;

    public static TheoryData<string, string, string, int, int> Subjects => new()
    {
        { "task", "alice's", "agent-alice-tickets agent-alice-mail", 1, 0 },
        { "workload", TestCatalog.Agent, "agent-alice-tickets agent-alice-mail agent-bob-tickets agent-bob-mail", 2, 0 },
        { "workload", TestCatalog.Other, "other-alice-tickets", 1, 0 },
        { "workload", "spiffe://example.test/nobody", "", 0, 0 },
        { "tool", "mail", "agent-alice-mail agent-bob-mail", 0, 2 },
        { "tool", "tickets", "agent-alice-tickets agent-bob-tickets other-alice-tickets", 0, 3 },
        { "tool", "deploy", "", 0, 0 },
        { "initiator", Alice, "agent-alice-tickets agent-alice-mail other-alice-tickets", 2, 0 },
        { "initiator", "user:", "", 0, 0 },
        { "everything", "*", "agent-alice-tickets agent-alice-mail agent-bob-tickets agent-bob-mail other-alice-tickets", 3, 0 },
    };

    public async ValueTask InitializeAsync()
    {
        var catalog = TestCatalog.Yaml()
            .Replace($"serves: [{TestCatalog.Audience}]", $"serves: [{TestCatalog.Audience}, https://mail.example.test]", StringComparison.Ordinal)
            .Replace("max_time_to_live: 1m", "max_time_to_live: 1h", StringComparison.Ordinal);
        broker = await TestBroker.StartAsync(postgres, catalog: catalog);
        (agent, other, backend) = (await broker.AgentAsync(), await broker.JoinAsync("other"), await broker.JoinAsync("backend"));
        await MintAsync(agent, await StartAsync(agent, Alice), ("agent-alice-tickets", Story.ReadTicket()), ("agent-alice-mail", Story.SendMail()));
        await MintAsync(agent, await StartAsync(agent, Bob), ("agent-bob-tickets", Story.ReadTicket()), ("agent-bob-mail", Story.SendMail()));
        await MintAsync(other, await StartAsync(other, Alice, Story.ReadTicket("acme/**")), ("other-alice-tickets", Story.ReadTicket()));

        // Neither counts: one died with its task, one alone.
        var over = await StartAsync(agent, Alice);
        await agent.Tokens.MintAsync(Story.Mint(over));
        await agent.Tasks.EndTaskAsync(Story.End(over));
        var revoked = await agent.Tokens.MintAsync(Story.Mint(live["agent-bob-mail"].Task, Story.SendMail()));
        await agent.Tokens.RevokeAsync(new RevokeTokenRequest { RequestId = TestBroker.NewId(), Jti = revoked.Jti, Cause = "test" });
    }

    public async ValueTask DisposeAsync()
    {
        await agent.DisposeAsync();
        await other.DisposeAsync();
        await backend.DisposeAsync();
        await broker.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Subjects))]
    public async Task What_it_names_is_dead_and_nothing_else(string kind, string subject, string dead, int tasks, int tokens)
    {
        if (kind == "task") subject = live["agent-alice-mail"].Task;
        Assert.Equal(live.Values.Select(held => held.Token.Jti).Order(StringComparer.Ordinal), await StandingAsync());
        var request = RequestOf(kind, subject);
        // Asked for again and again they are remembered, which must not outlive the stop.
        for (var i = 0; i < 3; i++) foreach (var held in live.Values) Assert.True(await backend.IsActiveAsync(held.Token.Token));

        var answer = await broker.OverSocket().Admin.RevokeAsync(request);

        Assert.Equal((tasks, tokens), (answer.TasksEnded, answer.TokensRevoked));
        var killed = dead.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var (name, held) in live)
            Assert.Equal(!killed.Contains(name), await backend.IsActiveAsync(held.Token.Token));
        Assert.Equal(live.Where(held => !killed.Contains(held.Key)).Select(held => held.Value.Token.Jti).Order(StringComparer.Ordinal), await StandingAsync());
        await RecordedAsync(kind, subject, tasks, tokens);

        // Asked for again it is the same stop, and on record once.
        Assert.Equal(answer, await broker.OverSocket().Admin.RevokeAsync(request));
        await RecordedAsync(kind, subject, tasks, tokens);
    }

    [Fact]
    public async Task It_stops_what_is_and_forbids_nothing()
    {
        await broker.OverSocket().Admin.RevokeAsync(RequestOf("tool", "mail"));
        var again = await agent.Tokens.MintAsync(Story.Mint(live["agent-bob-mail"].Task, Story.SendMail()));
        Assert.Contains(again.Jti, await StandingAsync());

        await broker.OverSocket().Admin.RevokeAsync(RequestOf("everything", "*"));
        Assert.Empty(await StandingAsync());
        var minted = await agent.Tokens.MintAsync(Story.Mint(await StartAsync(agent, Bob)));
        Assert.Equal([minted.Jti], await StandingAsync());
    }

    [Fact]
    public async Task However_many_dead_tokens_lie_about_a_tool_is_stopped_at_the_cost_of_the_live_tasks()
    {
        await broker.Database.CrowdAsync();
        await using var connection = await broker.Database.DataSource.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using var settings = new NpgsqlCommand("SET LOCAL enable_seqscan = off", connection, transaction);
        await settings.ExecuteNonQueryAsync(Ct);
        await using var revoke = new NpgsqlCommand(EmergencyStop.RevokeTool, connection, transaction)
        {
            Parameters = { new() { Value = "mail" }, new() { Value = Cause } },
        };
        Assert.Equal(2, await revoke.ExecuteNonQueryAsync(Ct));

        Assert.InRange(await Crowd.ReadAsync(transaction), 2, 100);
    }

    private static RevokeRequest RequestOf(string kind, string subject)
    {
        var request = new RevokeRequest { RequestId = TestBroker.NewId(), Cause = Cause };
        switch (kind)
        {
            case "task": request.TaskId = subject; break;
            case "workload": request.Workload = subject; break;
            case "tool": request.Tool = subject; break;
            case "initiator": request.Initiator = subject; break;
            default: request.Everything = true; break;
        }

        return request;
    }

    private static async Task<string> StartAsync(AgentSession session, string initiator, params Capability[] envelope) =>
        (await session.Tasks.StartTaskAsync(Story.Start(envelope).Changed(start => start.Initiator = initiator))).Task.TaskId;

    private async Task MintAsync(AgentSession session, string task, params (string Name, Capability Capability)[] tokens)
    {
        foreach (var (name, capability) in tokens) live.Add(name, (task, await session.Tokens.MintAsync(Story.Mint(task, capability))));
    }

    private async Task<IEnumerable<string>> StandingAsync() =>
        (await broker.OverSocket().Admin.StandingAccessAsync(new StandingAccessRequest())).Credentials.Select(held => held.Jti).Order(StringComparer.Ordinal);

    // The act itself once, and each task that ended with it.
    private async Task RecordedAsync(string kind, string subject, int tasks, int tokens)
    {
        var (number, name) = kind switch
        {
            "task" => (1, "TaskTree"), "workload" => (3, "Workload"), "tool" => (4, "Tool"), "initiator" => (5, "Initiator"), _ => (7, "Everything"),
        };
        Assert.Equal(
            [$"{name} {subject} {Cause} {tasks} {tokens}"],
            await broker.Database.ColumnAsync<string>("""
                SELECT concat_ws(' ', payload->>'target', payload->>'subject', payload->>'cause', payload->>'tasks_ended', payload->>'tokens_revoked')
                FROM audit_entries WHERE kind = 10
                """));
        Assert.Equal(tasks, await broker.Database.ScalarAsync<long>("""
            SELECT count(*) FROM audit_entries a JOIN tasks t ON t.id = a.task_id
            WHERE a.kind = 4 AND a.payload->>'cause' = 'Revoked' AND a.payload->>'why' = $1 AND t.state = 2 AND t.end_cause = 6
            """, Cause));
        Assert.Equal(1L, await broker.Database.ScalarAsync<long>(
            "SELECT count(*) FROM revocations WHERE kind = $1 AND subject = $2 AND cause = $3", (short)number, subject, Cause));
        Assert.Equal(tasks, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM revocations WHERE kind = 1 AND cause = 'revoked'"));
    }
}
