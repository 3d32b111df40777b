using CredBroker.Client;
using CredBroker.Core;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.Server.Tokens;
using CredBroker.V1;
using Npgsql;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Tokens;

/// <summary>The report of every live credential: all of them, each once, however it is turned over.</summary>
public sealed class StandingAccessTests(Postgres postgres)
{
    [Fact]
    public async Task Page_by_page_every_credential_is_there_once_while_others_mint_in_between()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        List<string> tasks = [];
        for (var i = 0; i < 4; i++) tasks.Add((await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId);
        var before = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 23; i++) before.Add(await MintAsync(agent, tasks[i % 4]));

        var meanwhile = new HashSet<string>(StringComparer.Ordinal);
        var seen = new List<LiveCredential>();
        var request = new StandingAccessRequest { PageSize = 3 };
        var pages = 0;
        do
        {
            var page = await broker.OverSocket().Admin.StandingAccessAsync(request);
            Assert.InRange(page.Credentials.Count, 1, 3);
            Assert.Equal(4, page.LiveTasks);
            seen.AddRange(page.Credentials);
            request.PageToken = page.NextPageToken;
            if (++pages < 6) foreach (var task in tasks) meanwhile.Add(await MintAsync(agent, task));
        }
        while (request.PageToken.Length > 0);

        var jtis = seen.Select(held => held.Jti).ToList();
        Assert.Equal(jtis.Count, jtis.Distinct(StringComparer.Ordinal).Count());
        Assert.Empty(before.Except(jtis));
        Assert.Empty(jtis.Except(before).Except(meanwhile));
        Assert.True(pages > 8);
        Assert.All(seen, held => Assert.Equal((TestCatalog.Agent, "tickets", "read", TestCatalog.Audience, agent.Identity.Binding),
            (held.Workload, held.Tool, held.Action, held.Audience, held.Binding)));

        var whole = await broker.OverSocket().Admin.StandingAccessAsync(new StandingAccessRequest());
        Assert.Equal("", whole.NextPageToken);
        Assert.Equal(before.Concat(meanwhile).Order(StringComparer.Ordinal), whole.Credentials.Select(held => held.Jti).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_last_page_that_is_full_names_no_next_one()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        for (var i = 0; i < 4; i++) await MintAsync(agent, task);

        var first = await broker.OverSocket().Admin.StandingAccessAsync(new StandingAccessRequest { PageSize = 2 });
        var last = await broker.OverSocket().Admin.StandingAccessAsync(new StandingAccessRequest { PageSize = 2, PageToken = first.NextPageToken });

        Assert.Equal((2, 2, ""), (first.Credentials.Count, last.Credentials.Count, last.NextPageToken));
        Assert.Equal(first.Credentials[^1].Jti, first.NextPageToken);
    }

    [Fact]
    public async Task It_is_empty_when_no_task_runs_and_counts_those_that_hold_nothing()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        Assert.Equal(new StandingAccessResponse(), await ReportAsync());

        var idle = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        var busy = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        await MintAsync(agent, busy);
        var report = await ReportAsync();
        Assert.Equal((2, 1), (report.LiveTasks, report.Credentials.Count));

        await agent.Tasks.EndTaskAsync(Story.End(busy));
        Assert.Equal(new StandingAccessResponse { LiveTasks = 1 }, await ReportAsync());
        await agent.Tasks.EndTaskAsync(Story.End(idle));
        Assert.Equal(new StandingAccessResponse(), await ReportAsync());

        async Task<StandingAccessResponse> ReportAsync() => await broker.OverSocket().Admin.StandingAccessAsync(new StandingAccessRequest());
    }

    [Fact]
    public async Task However_many_dead_tokens_lie_about_the_report_costs_what_lives()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        for (var i = 0; i < 3; i++) await MintAsync(agent, task);
        await broker.Database.CrowdAsync();
        await using var connection = await broker.Database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var report = new NpgsqlCommand($"SELECT count(*) FROM ({StandingAccess.Credentials}) AS report", connection, transaction)
        {
            Parameters = { new() { Value = Guid.Empty }, new() { Value = 100 } },
        };

        Assert.Equal(3L, await report.ExecuteScalarAsync(TestContext.Current.CancellationToken));

        Assert.InRange(await Crowd.ReadAsync(transaction), 3, 100);
    }

    [Theory]
    [InlineData(-1, "", Reason.FieldOutOfRange)]
    [InlineData(1_001, "", Reason.FieldOutOfRange)]
    [InlineData(10, "2", Reason.FieldMalformed)]
    public async Task What_is_no_page_is_refused(int size, string token, Reason reason)
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await Refused.AsAsync(reason, broker.OverSocket().Admin.StandingAccessAsync(new StandingAccessRequest { PageSize = size, PageToken = token }));
    }

    private static async Task<string> MintAsync(AgentSession agent, string task) => (await agent.Tokens.MintAsync(Story.Mint(task))).Jti;
}
