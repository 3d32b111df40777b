using CredBroker.Core.Tasks;
using CredBroker.Server.Ledger;
using Npgsql;

namespace CredBroker.IntegrationTests.Ledger;

/// <summary>Races with whoever else writes tasks and the catalog, as explicit interleavings.</summary>
public sealed class MintContentionTests(Postgres postgres)
{
    [Fact]
    public async Task A_row_held_by_another_transaction_holds_up_only_its_own_tree()
    {
        await using var ledger = await TestLedger.StartAsync(postgres, new() { Patience = TimeSpan.FromSeconds(30) });
        var hot = await ledger.AskAsync(await ledger.StartTaskAsync());
        var warm = await ledger.AskAsync(await ledger.StartTaskAsync());
        var cold = await ledger.AskAsync(await ledger.StartTaskAsync());

        Task<MintOutcome> waiting;
        await using (await ledger.HoldAsync(hot.TaskId))
        {
            waiting = ledger.Mints.CommitAsync(hot, TestLedger.Ct).AsTask();
            Assert.Equal(MintOutcome.Minted, await ledger.Mints.CommitAsync(cold, TestLedger.Ct));

            // One that was held for a moment waits in the same patient queue as the hot one, and gets past it.
            Task<MintOutcome> behind;
            await using (await ledger.HoldAsync(warm.TaskId)) behind = ledger.Mints.CommitAsync(warm, TestLedger.Ct).AsTask();
            Assert.Equal(MintOutcome.Minted, await behind);
            Assert.False(waiting.IsCompleted);
        }

        Assert.Equal(MintOutcome.Minted, await waiting);
    }

    [Fact]
    public async Task A_row_that_stays_locked_is_reported_as_storage_that_is_unavailable()
    {
        await using var ledger = await TestLedger.StartAsync(postgres, new() { Patience = TimeSpan.FromMilliseconds(300) });
        var ask = await ledger.AskAsync(await ledger.StartTaskAsync());
        await using var held = await ledger.HoldAsync(ask.TaskId);

        await Assert.ThrowsAsync<StorageUnavailableException>(() => ledger.Mints.CommitAsync(ask, TestLedger.Ct).AsTask());
    }

    [Fact]
    public async Task A_mint_that_meets_a_catalog_being_applied_waits_for_it_and_is_decided_again()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var ask = await ledger.AskAsync(await ledger.StartTaskAsync());
        await using var connection = await ledger.Database.OpenConnectionAsync(TestLedger.Ct);
        await using var applying = await connection.BeginTransactionAsync(TestLedger.Ct);
        await ExecuteAsync(applying, "SELECT pg_advisory_xact_lock(7001)");
        await ExecuteAsync(applying, "UPDATE catalog_head SET version = version + 1");

        var mint = ledger.Mints.CommitAsync(ask, TestLedger.Ct).AsTask();
        await ledger.UntilAsync("EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)");
        await applying.CommitAsync(TestLedger.Ct);

        Assert.Equal(MintOutcome.CatalogChanged, await mint);
    }

    [Fact]
    public async Task A_mint_that_meets_its_ancestor_ending_waits_and_finds_its_task_over()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var root = await ledger.StartTaskAsync();
        var middle = await ledger.StartTaskAsync(root);
        var leaf = await ledger.StartTaskAsync(await ledger.StartTaskAsync(middle));
        var ask = await ledger.AskAsync(leaf);
        await using var connection = await ledger.Database.OpenConnectionAsync(TestLedger.Ct);
        await using var ending = await connection.BeginTransactionAsync(TestLedger.Ct);
        await ledger.Ending.EndAsync(ending, new([middle], EndCause.Cancelled, null, TestLedger.EntryOf), TestLedger.Ct);

        var mint = ledger.Mints.CommitAsync(ask, TestLedger.Ct).AsTask();
        await ledger.UntilAsync("EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')");
        Assert.False(mint.IsCompleted);
        await ending.CommitAsync(TestLedger.Ct);

        Assert.Equal(MintOutcome.TaskOver, await mint);
    }

    [Fact]
    public async Task An_end_that_meets_a_mint_waits_for_it_and_takes_its_token_with_it()
    {
        await using var ledger = await TestLedger.StartAsync(postgres, new() { LockTimeout = TimeSpan.FromSeconds(10) });
        var root = await ledger.StartTaskAsync();
        var leaf = await ledger.StartTaskAsync(await ledger.StartTaskAsync(root));
        var ask = await ledger.AskAsync(leaf);

        // The mint has its rows, and waits for the catalog's lock; so the end that comes now waits for the mint.
        await using var connection = await ledger.Database.OpenConnectionAsync(TestLedger.Ct);
        await using var applying = await connection.BeginTransactionAsync(TestLedger.Ct);
        await ExecuteAsync(applying, "SELECT pg_advisory_xact_lock(7001)");
        var mint = ledger.SendAsync(patient: true, ask);
        await ledger.UntilAsync("EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)");
        var end = ledger.EndAsync(EndCause.Completed, root);
        await ledger.UntilAsync("EXISTS (SELECT FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted)");
        await applying.RollbackAsync(TestLedger.Ct);

        Assert.Equal([MintOutcome.Minted], await mint);
        Assert.Equal(3, (await end).Count);
        Assert.False((await ledger.Tokens.ReadAsync(ask.Jti, TestLedger.Ct))!.Active);
    }

    [Fact]
    public async Task No_token_is_active_once_the_end_of_any_ancestor_has_answered()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        await using var other = ledger.Beside();
        for (var round = 0; round < 12; round++)
        {
            var path = new List<TaskId> { await ledger.StartTaskAsync() };
            while (path.Count < 4) path.Add(await ledger.StartTaskAsync(path[^1]));
            var asks = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => ledger.AskAsync(path[^1])));

            var mints = asks.Select(async (ask, i) => await (i % 2 == 0 ? ledger : other).Mints.CommitAsync(ask, TestLedger.Ct)).ToList();
            await mints[round];   // an end at another moment each time
            await ledger.EndAsync(EndCause.Cancelled, path[round % 4]);
            var active = await ActiveAsync(other, asks);
            var outcomes = await Task.WhenAll(mints);

            Assert.Equal(0, active);
            Assert.Equal(0, await ActiveAsync(other, asks));
            Assert.All(outcomes, outcome => Assert.True(outcome is MintOutcome.Minted or MintOutcome.TaskOver, outcome.ToString()));
        }
    }

    [Fact]
    public async Task Two_replicas_cannot_both_grow_the_same_history()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        await using var other = ledger.Beside();
        for (var round = 0; round < 10; round++)
        {
            var root = await ledger.StartTaskAsync();
            var read = await ledger.AskAsync(root, null, "data:secret");
            var send = await ledger.AskAsync(await ledger.StartTaskAsync(root), null, "egress");

            var outcomes = await Task.WhenAll(
                ledger.Mints.CommitAsync(read, TestLedger.Ct).AsTask(), other.Mints.CommitAsync(send, TestLedger.Ct).AsTask());

            Assert.Equal([MintOutcome.Minted, MintOutcome.HistoryChanged], outcomes.Order());
        }
    }

    private static async Task<int> ActiveAsync(TestLedger ledger, IEnumerable<MintCommit> asks)
    {
        var tokens = await Task.WhenAll(asks.Select(async ask => await ledger.Tokens.ReadAsync(ask.Jti, TestLedger.Ct)));
        return tokens.Count(token => token is { Active: true });
    }

    private static async Task ExecuteAsync(NpgsqlTransaction transaction, string sql)
    {
        await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
        await command.ExecuteNonQueryAsync(TestLedger.Ct);
    }
}
