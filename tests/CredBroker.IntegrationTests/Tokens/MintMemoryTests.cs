using CredBroker.Core;
using CredBroker.IntegrationTests.Hosting;
using Google.Protobuf.WellKnownTypes;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Tokens;

/// <summary>Decision 16: a replica decides on tasks that it remembers, and must never be wrong for it. What others did is done by SQL here.</summary>
public sealed class MintMemoryTests(Postgres postgres)
{
    [Fact]
    public async Task A_task_that_ended_elsewhere_gives_no_token_and_no_repeated_one()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        var mint = Story.Mint((await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId);
        await agent.Tokens.MintAsync(mint);
        await broker.Database.ExecuteAsync("UPDATE tasks SET state = 2, ended_at = now(), end_cause = 1");

        await broker.DeniedAsync(Reason.TaskOver, agent.Tokens.MintAsync(Story.Mint(mint.TaskId)));
        await broker.DeniedAsync(Reason.TaskOver, agent.Tokens.MintAsync(mint));
        Assert.Equal(1L, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM tokens"));
    }

    [Fact]
    public async Task A_heartbeat_that_another_replica_took_counts_here()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        var start = Story.Start().Changed(start => start.HeartbeatInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)));
        var task = (await agent.Tasks.StartTaskAsync(start)).Task;
        await agent.Tokens.MintAsync(Story.Mint(task.TaskId));
        Assert.Equal(1, await broker.Database.ExecuteAsync("UPDATE tasks SET heartbeat_due = now() + interval '1 hour' WHERE state = 1"));

        // Past what this replica remembers of the task.
        await TestDatabase.UntilAsync(() => Task.FromResult(TimeProvider.System.GetUtcNow() > task.HeartbeatDue.ToDateTimeOffset()));

        await agent.Tokens.MintAsync(Story.Mint(task.TaskId));
    }

    [Fact]
    public async Task A_history_that_grew_elsewhere_is_decided_on_anew_and_recorded()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        await agent.Tokens.MintAsync(Story.Mint(task));
        await broker.Database.ExecuteAsync("UPDATE tasks SET history = history || '{elsewhere}', history_version = history_version + 1");
        var version = await broker.Database.ScalarAsync<int>("SELECT history_version FROM tasks");

        var minted = await agent.Tokens.MintAsync(Story.Mint(task));

        Assert.Equal(version, await broker.Database.ScalarAsync<int>("SELECT decided_history FROM tokens WHERE jti = $1", Guid.Parse(minted.Jti)));
    }

    [Fact]
    public async Task A_budget_that_was_spent_elsewhere_is_spent_here()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        await agent.Tokens.MintAsync(Story.Mint(task));
        await broker.Database.ExecuteAsync("UPDATE tasks SET spent = budget");
        await broker.DeniedAsync(Reason.BudgetSpent, agent.Tokens.MintAsync(Story.Mint(task)));

        await broker.Database.ExecuteAsync("UPDATE tasks SET spent = budget - 1");
        await agent.Tokens.MintAsync(Story.Mint(task));
    }

    [Fact]
    public async Task Another_workload_cannot_use_what_is_remembered()
    {
        await using var broker = await TestBroker.StartAsync(postgres);
        await using var agent = await broker.AgentAsync();
        await using var other = await broker.JoinAsync("other");
        var task = (await agent.Tasks.StartTaskAsync(Story.Start())).Task.TaskId;
        await agent.Tokens.MintAsync(Story.Mint(task));

        await broker.DeniedAsync(Reason.NotYourTask, other.Tokens.MintAsync(Story.Mint(task)));
    }
}
