using CredBroker.Core.Tasks;
using CredBroker.Server.Ledger;
using Npgsql;

namespace CredBroker.IntegrationTests.Ledger;

/// <summary>What asks of one batch do to each other.</summary>
public sealed class MintBatchTests(Postgres postgres)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_same_token_twice_in_one_batch_is_minted_audited_and_counted_once(bool patient)
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var ask = await ledger.AskAsync(await ledger.StartTaskAsync());

        var outcomes = await ledger.SendAsync(patient, ask, TestLedger.AgainBy(ask));

        Assert.Equal([MintOutcome.Duplicate, MintOutcome.Minted], outcomes.Order().Reverse());
        await CountedAsync(ledger, ask.TaskId, 1);
    }

    [Fact]
    public async Task An_ask_that_is_sent_again_answers_what_became_of_it()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var task = await ledger.StartTaskAsync(budget: 1);
        var ask = await ledger.AskAsync(task, null, "data:secret");
        Assert.Equal(MintOutcome.Minted, await ledger.Mints.CommitAsync(ask, TestLedger.Ct));

        // History has grown, the budget is spent, the catalog is another, and in the end the task is over: none of it matters now.
        Assert.Equal(MintOutcome.Minted, await ledger.Mints.CommitAsync(ask, TestLedger.Ct));
        await ledger.ApplyCatalogAsync();
        Assert.Equal([MintOutcome.Minted], await ledger.SendAsync(patient: true, ask));
        await ledger.EndAsync(EndCause.Completed, task);
        Assert.Equal([MintOutcome.Minted], await ledger.SendAsync(patient: false, ask));
        await CountedAsync(ledger, task, 1);
    }

    [Fact]
    public async Task Another_decision_on_a_minted_token_is_a_duplicate_whatever_has_changed_since()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var task = await ledger.StartTaskAsync(budget: 1);
        var ask = await ledger.AskAsync(task, null, "data:secret");
        await ledger.Mints.CommitAsync(ask, TestLedger.Ct);

        Assert.Equal(MintOutcome.Duplicate, await ledger.Mints.CommitAsync(TestLedger.AgainBy(ask), TestLedger.Ct));
        Assert.Equal(MintOutcome.Duplicate, await ledger.Mints.CommitAsync(TestLedger.AgainBy(ask) with { HistoryVersion = 1 }, TestLedger.Ct));
        await CountedAsync(ledger, task, 1);
    }

    [Fact]
    public async Task Of_asks_that_would_grow_one_trees_history_the_first_does_and_those_that_add_nothing_go_before_it()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var root = await ledger.StartTaskAsync();
        var child = await ledger.StartTaskAsync(root);

        var outcomes = await ledger.SendAsync(patient: false,
            await ledger.AskAsync(child, null, "data:secret"), await ledger.AskAsync(root, null, "data:public"),
            await ledger.AskAsync(root), await ledger.AskAsync(child));

        Assert.Equal([MintOutcome.Minted, MintOutcome.HistoryChanged, MintOutcome.Minted, MintOutcome.Minted], outcomes);
        var row = await ledger.Tasks.ReadAsync(child, TestLedger.Ct);
        Assert.Equal(["data:secret"], row!.History);
        Assert.Equal((1, 2), (row.HistoryVersion, row.Spent));
    }

    [Fact]
    public async Task Trees_in_one_batch_grow_independently()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var one = await ledger.StartTaskAsync();
        var two = await ledger.StartTaskAsync();

        var outcomes = await ledger.SendAsync(patient: false, await ledger.AskAsync(one, null, "a"), await ledger.AskAsync(two, null, "b"));

        Assert.Equal([MintOutcome.Minted, MintOutcome.Minted], outcomes);
        Assert.Equal(["a"], (await ledger.Tasks.ReadAsync(one, TestLedger.Ct))!.History);
        Assert.Equal(["b"], (await ledger.Tasks.ReadAsync(two, TestLedger.Ct))!.History);
    }

    [Fact]
    public async Task A_budget_that_only_a_duplicate_seemed_to_spend_is_not_refused()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var task = await ledger.StartTaskAsync(budget: 2);
        var first = await ledger.AskAsync(task);
        await ledger.Mints.CommitAsync(first, TestLedger.Ct);
        var last = await ledger.AskAsync(task);

        Assert.Equal([MintOutcome.Duplicate, null], await ledger.SendAsync(patient: false, TestLedger.AgainBy(first), last));
        Assert.Equal(MintOutcome.Minted, await ledger.Mints.CommitAsync(last, TestLedger.Ct));
        Assert.Equal(MintOutcome.BudgetSpent, await ledger.Mints.CommitAsync(await ledger.AskAsync(task), TestLedger.Ct));
    }

    [Fact]
    public async Task An_ask_whose_task_or_root_is_locked_is_not_decided_and_the_others_are()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var root = await ledger.StartTaskAsync();
        var asks = new[]
        {
            await ledger.AskAsync(root), await ledger.AskAsync(await ledger.StartTaskAsync(root)), await ledger.AskAsync(await ledger.StartTaskAsync()),
        };
        await using var held = await ledger.HoldAsync(root);

        Assert.Equal([null, null, MintOutcome.Minted], await ledger.SendAsync(patient: false, asks));
    }

    [Fact]
    public async Task The_patient_form_gives_up_its_whole_batch_when_a_row_stays_locked()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var ask = await ledger.AskAsync(await ledger.StartTaskAsync());
        await using var held = await ledger.HoldAsync(ask.TaskId);

        var failure = await Assert.ThrowsAsync<PostgresException>(() => ledger.SendAsync(patient: true, ask));

        Assert.Equal(FailureKind.Contended, Failures.KindOf(failure));
    }

    private static async Task CountedAsync(TestLedger ledger, TaskId task, int tokens)
    {
        Assert.Equal(tokens, (await ledger.Tasks.ReadAsync(task, TestLedger.Ct))!.Spent);
        Assert.Equal(tokens, await ledger.ScalarAsync<long>("SELECT count(*) FROM tokens WHERE task_id = $1", task.Value));
        Assert.Equal(tokens, await ledger.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE task_id = $1 AND kind = 1", task.Value));
    }
}
