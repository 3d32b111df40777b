using CredBroker.Core.Tasks;
using CredBroker.Server.Ledger;

namespace CredBroker.IntegrationTests.Ledger;

public sealed class MintOutcomeTests(Postgres postgres)
{
    [Fact]
    public async Task A_minted_token_is_there_with_its_audit_entry_and_is_counted()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var task = await ledger.StartTaskAsync();
        var ask = await ledger.AskAsync(task) with { UsesLeft = 3 };

        Assert.Equal(MintOutcome.Minted, await ledger.Mints.CommitAsync(ask, TestLedger.Ct));

        var token = await ledger.Tokens.ReadAsync(ask.Jti, TestLedger.Ct);
        Assert.NotNull(token);
        Assert.True(token.Active);
        Assert.Equal((ask.Tool, ask.Action, ask.Resource, ask.Audience, ask.Cnf, ask.Kid, ask.DecisionId, 3),
            (token.Tool, token.Action, token.Resource, token.Audience, token.Cnf, token.Kid, token.DecisionId, token.UsesLeft));
        Assert.Equal(ask.AskDigest, token.AskDigest);
        Assert.Equal(ask.TokenHash, token.TokenHash);
        Assert.Equal("""{"to": "bob@example.org"}""", token.ParametersJson);
        Assert.Equal(1, (await ledger.Tasks.ReadAsync(task, TestLedger.Ct))!.Spent);
        Assert.True(await ledger.ScalarAsync<bool>(
            "SELECT leaf_hash = $2 AND payload::text = $3 AND kind = 1 AND task_id = $4 AND decision_id = $5 FROM audit_entries WHERE id = $1",
            ask.Audit.Id, ask.Audit.LeafHash, ask.Audit.Payload, task.Value, ask.DecisionId.Value));
    }

    [Fact]
    public async Task A_task_that_has_ended_mints_nothing()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var ask = await ledger.AskAsync(await ledger.StartTaskAsync());
        await ledger.EndAsync(EndCause.Completed, ask.TaskId);

        await RefusedAsync(ledger, ask, MintOutcome.TaskOver);
    }

    [Theory]
    [InlineData("UPDATE tasks SET deadline = clock_timestamp() WHERE id = $1")]
    [InlineData("UPDATE tasks SET heartbeat_due = clock_timestamp() WHERE id = $1")]
    [InlineData("UPDATE tasks SET state = 0 WHERE id = $1")]
    public async Task Nothing_is_minted_unless_the_task_its_root_and_all_between_are_live(string notLive)
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        for (var depth = 0; depth < 4; depth++)
        {
            var path = new List<TaskId> { await ledger.StartTaskAsync() };
            while (path.Count < 4) path.Add(await ledger.StartTaskAsync(path[^1]));
            var ask = await ledger.AskAsync(path[^1]);
            await ledger.ExecuteAsync(notLive, path[depth].Value);

            await RefusedAsync(ledger, ask, MintOutcome.TaskOver);
        }
    }

    [Fact]
    public async Task A_task_that_does_not_exist_mints_nothing()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var task = TaskId.New(TestLedger.Now);
        var ask = await ledger.AskAsync(await ledger.StartTaskAsync()) with { TaskId = task, RootId = task };

        await RefusedAsync(ledger, ask, MintOutcome.TaskOver);
    }

    [Fact]
    public async Task A_task_mints_only_under_its_own_root()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var other = await ledger.StartTaskAsync();
        var ask = await ledger.AskAsync(await ledger.StartTaskAsync()) with { RootId = other };
        await RefusedAsync(ledger, ask, MintOutcome.TaskOver);
        await RefusedAsync(ledger, ask with { RootId = TaskId.New(TestLedger.Now) }, MintOutcome.TaskOver);
    }

    [Fact]
    public async Task History_that_grew_anywhere_in_the_tree_makes_every_task_of_it_decide_again()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var root = await ledger.StartTaskAsync();
        var child = await ledger.StartTaskAsync(root);
        var ofRoot = await ledger.AskAsync(root);
        var ofChild = await ledger.AskAsync(child);
        var grows = await ledger.AskAsync(child, null, "data:secret", "tool:vault");

        Assert.Equal(MintOutcome.Minted, await ledger.Mints.CommitAsync(grows, TestLedger.Ct));
        await RefusedAsync(ledger, ofRoot, MintOutcome.HistoryChanged);
        await RefusedAsync(ledger, ofChild, MintOutcome.HistoryChanged);

        var again = await ledger.Tasks.ReadAsync(root, TestLedger.Ct);
        Assert.Equal(["data:secret", "tool:vault"], again!.History);
        Assert.Equal((1, 0), (again.HistoryVersion, again.Spent));
        Assert.Equal(1, (await ledger.Tasks.ReadAsync(child, TestLedger.Ct))!.HistoryVersion);
    }

    [Fact]
    public async Task A_label_that_is_there_already_is_not_added_twice()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var task = await ledger.StartTaskAsync();
        await ledger.Mints.CommitAsync(await ledger.AskAsync(task, null, "b", "a", "b"), TestLedger.Ct);
        await ledger.Mints.CommitAsync(await ledger.AskAsync(task, null, "c", "a"), TestLedger.Ct);

        Assert.Equal(["a", "b", "c"], (await ledger.Tasks.ReadAsync(task, TestLedger.Ct))!.History);
    }

    [Fact]
    public async Task A_replaced_catalog_makes_the_mint_decide_again()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var ask = await ledger.AskAsync(await ledger.StartTaskAsync());
        await ledger.ApplyCatalogAsync();

        await RefusedAsync(ledger, ask, MintOutcome.CatalogChanged);
        Assert.Equal(MintOutcome.Minted, await ledger.Mints.CommitAsync(ask with { CatalogVersion = 1 }, TestLedger.Ct));
    }

    [Fact]
    public async Task A_key_that_is_not_published_any_more_mints_nothing_and_the_same_request_is_minted_by_another()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var ask = await ledger.AskAsync(await ledger.StartTaskAsync());

        await RefusedAsync(ledger, ask with { Kid = "revoked" }, MintOutcome.KeyRevoked);
        Assert.Equal(MintOutcome.Minted, await ledger.Mints.CommitAsync(ask, TestLedger.Ct));
    }

    [Fact]
    public async Task The_budget_is_the_tasks_own_and_is_never_passed()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var root = await ledger.StartTaskAsync(budget: 2);
        var child = await ledger.StartTaskAsync(root, budget: 1);
        var asks = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => ledger.AskAsync(i < 3 ? root : child)));

        var outcomes = await Task.WhenAll(asks.Select(ask => ledger.Mints.CommitAsync(ask, TestLedger.Ct).AsTask()));

        Assert.Equal(2, outcomes[..3].Count(o => o == MintOutcome.Minted));
        Assert.Equal(1, outcomes[3..].Count(o => o == MintOutcome.Minted));
        Assert.Equal(2, outcomes.Count(o => o == MintOutcome.BudgetSpent));
        Assert.Equal(2L, await ledger.ScalarAsync<long>("SELECT count(*) FROM tokens WHERE task_id = $1", root.Value));
    }

    [Fact]
    public async Task A_token_does_not_outlive_its_task()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var task = await ledger.StartTaskAsync();
        var ask = await ledger.AskAsync(task) with { ExpiresAt = TestLedger.Now.AddHours(5) };

        await ledger.Mints.CommitAsync(ask, TestLedger.Ct);

        var deadline = (await ledger.Tasks.ReadAsync(task, TestLedger.Ct))!.Deadline;
        Assert.Equal(deadline, (await ledger.Tokens.ReadAsync(ask.Jti, TestLedger.Ct))!.ExpiresAt);
    }

    private static async Task RefusedAsync(TestLedger ledger, MintCommit ask, MintOutcome outcome)
    {
        Assert.Equal(outcome, await ledger.Mints.CommitAsync(ask, TestLedger.Ct));
        Assert.Null(await ledger.Tokens.ReadAsync(ask.Jti, TestLedger.Ct));
        Assert.Equal(0L, await ledger.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE id = $1", ask.Audit.Id));
    }
}
