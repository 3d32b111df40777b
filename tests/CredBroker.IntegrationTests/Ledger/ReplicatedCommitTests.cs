using CredBroker.Core.Audit;
using CredBroker.Core.Tasks;
using CredBroker.Server.Ledger;

namespace CredBroker.IntegrationTests.Ledger;

/// <summary>
/// A cluster that must wait for a standby, and has none: PostgreSQL answers a cancelled wait with success. It has a cluster of its own,
/// for the setting is the cluster's.
/// </summary>
public sealed class ReplicatedCommitTests(Postgres postgres)
{
    private const string WaitingForStandby = "EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep')";

    [Fact]
    public async Task A_commit_that_no_standby_has_seen_is_not_answered_as_minted_however_often_it_is_cancelled()
    {
        await using var cluster = await OwnCluster.StartAsync(postgres, "max_connections", "50");
        await using var ledger = await cluster.LedgerAsync(new() { Patience = TimeSpan.FromSeconds(30) });
        var ask = await ledger.AskAsync(await ledger.StartTaskAsync());
        await RequireStandbyAsync(ledger, true);

        var mint = ledger.Mints.CommitAsync(ask, TestLedger.Ct).AsTask();
        for (var cancelled = 0; cancelled < 3; cancelled++) await CancelWaitAsync(ledger);

        // The row is there for everybody to see, on the primary only; and the ledger waits on.
        await ledger.UntilAsync(WaitingForStandby);
        Assert.Equal(1L, await ledger.ScalarAsync<long>("SELECT count(*) FROM tokens"));
        Assert.False(mint.IsCompleted);

        await RequireStandbyAsync(ledger, false);
        Assert.Equal(MintOutcome.Minted, await mint);
        Assert.Equal(1L, await ledger.ScalarAsync<long>("SELECT count(*) FROM audit_entries"));
    }

    // What was taken before is locked by nobody when it is asked for again: nothing but a message of its own makes this commit wait.
    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    public async Task A_use_that_no_standby_has_seen_is_not_answered_as_allowed_however_often_it_is_cancelled_or_asked_for_again(int? uses)
    {
        await using var cluster = await OwnCluster.StartAsync(postgres, "max_connections", "50");
        await using var ledger = await cluster.LedgerAsync(new() { Patience = TimeSpan.FromSeconds(30) });
        var jti = await ledger.MintAsync(uses);
        var (request, ask) = (TestLedger.NewRequest(), await ledger.DecidingAsync(jti));
        await RequireStandbyAsync(ledger, true);

        var use = ledger.CommitAsync(ask(request));
        for (var cancelled = 0; cancelled < 3; cancelled++) await CancelWaitAsync(ledger);
        await ledger.UntilAsync(WaitingForStandby);
        Assert.Equal(1L, await ledger.ScalarAsync<long>("SELECT count(*) FROM authorizations"));
        Assert.False(use.IsCompleted);
        await using var beside = ledger.Beside();
        var again = beside.CommitAsync(ask(request));
        await ledger.UntilAsync("(SELECT count(*) FROM pg_stat_activity WHERE wait_event IN ('SyncRep', 'tuple', 'transactionid')) = 2");
        Assert.False(again.IsCompleted);

        await RequireStandbyAsync(ledger, false);
        Assert.Equal((AuthorizeOutcome.Allowed, AuthorizeOutcome.Duplicate), (await use, await again));
    }

    [Fact]
    public async Task An_audit_entry_that_no_standby_has_seen_is_not_answered_as_appended()
    {
        await using var cluster = await OwnCluster.StartAsync(postgres, "max_connections", "50");
        await using var ledger = await cluster.LedgerAsync(new() { Patience = TimeSpan.FromSeconds(30) });
        var entry = AuditEntry.Of(Guid.CreateVersion7(TestLedger.Now), AuditKind.MintDenied, null, null, "{}");
        await RequireStandbyAsync(ledger, true);

        var append = ledger.Audit.AppendAsync(entry, TestLedger.Ct).AsTask();
        for (var cancelled = 0; cancelled < 2; cancelled++) await CancelWaitAsync(ledger);
        await ledger.UntilAsync(WaitingForStandby);
        Assert.False(append.IsCompleted);

        await RequireStandbyAsync(ledger, false);
        await append;
        Assert.Equal(1L, await ledger.ScalarAsync<long>("SELECT count(*) FROM audit_entries"));
    }

    [Fact]
    public async Task Patience_ends_and_then_storage_is_unavailable()
    {
        await using var cluster = await OwnCluster.StartAsync(postgres, "max_connections", "50");
        await using var ledger = await cluster.LedgerAsync(new() { Patience = TimeSpan.Zero });
        var task = await ledger.StartTaskAsync();
        var ask = await ledger.AskAsync(task);
        await RequireStandbyAsync(ledger, true);

        var mint = ledger.Mints.CommitAsync(ask, TestLedger.Ct).AsTask();
        for (var cancelled = 0; cancelled < 2; cancelled++) await CancelWaitAsync(ledger);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => mint);

        var end = ledger.EndAsync(EndCause.Completed, task);
        await CancelWaitAsync(ledger);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => end);
    }

    private static async Task RequireStandbyAsync(TestLedger ledger, bool required)
    {
        await ledger.ExecuteAsync($"ALTER SYSTEM SET synchronous_standby_names = '{(required ? "nobody" : "")}'");
        await ledger.ExecuteAsync("SELECT pg_reload_conf()");
        if (required) while (!await WaitsAsync(ledger)) { }
    }

    // The checkpointer puts the setting in force, in its own time. So write until a commit waits.
    private static async Task<bool> WaitsAsync(TestLedger ledger)
    {
        var commit = ledger.ExecuteAsync("SELECT pg_logical_emit_message(true, 'probe', '')");
        while (!commit.IsCompleted)
        {
            if (!await ledger.ScalarAsync<bool>($"SELECT {WaitingForStandby}")) continue;
            await CancelWaitAsync(ledger);
            await commit;
            return true;
        }

        return false;
    }

    private static async Task CancelWaitAsync(TestLedger ledger)
    {
        await ledger.UntilAsync(WaitingForStandby);
        var waiting = await ledger.ScalarAsync<int>("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
        await ledger.ExecuteAsync("SELECT pg_cancel_backend($1)", waiting);
        await ledger.UntilAsync("NOT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND pid = $1)", waiting);
    }
}
