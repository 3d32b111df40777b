using CredBroker.Core.Tasks;
using CredBroker.Server.Ledger;
using Npgsql;

namespace CredBroker.IntegrationTests.Ledger;

/// <summary>
/// A use is decided at one moment, and waits for nobody who is about to change what it was decided on: before the other one's commit it is
/// allowed, after it is not.
/// </summary>
public sealed class AuthorizeMomentTests(Postgres postgres)
{
    [Theory]
    [InlineData(null)]
    [InlineData(10)]
    public async Task An_end_of_the_task_counts_from_its_commit_and_holds_up_no_use(int? uses)
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var root = await ledger.StartTaskAsync();
        var jti = await ledger.MintAsync(uses, await ledger.StartTaskAsync(root));
        var (before, during, after) = (await ledger.UseAsync(jti), await ledger.UseAsync(jti), await ledger.UseAsync(jti));
        Assert.Equal([AuthorizeOutcome.Allowed], await ledger.SendAsync(patient: true, before));

        await using var open = await OpenAsync(ledger);
        await ledger.Ending.EndAsync(open.Transaction, new([root], EndCause.Completed, null, TestLedger.EntryOf), TestLedger.Ct);
        Assert.Equal([AuthorizeOutcome.Allowed], await ledger.SendAsync(patient: true, during));
        await open.Transaction.CommitAsync(TestLedger.Ct);

        Assert.Equal([AuthorizeOutcome.TaskOver], await ledger.SendAsync(patient: true, after));
        Assert.Equal([AuthorizeOutcome.TaskOver], await ledger.SendAsync(patient: false, after));
        await ledger.UsedAsync(jti, uses: 2, left: uses - 2);
    }

    [Fact]
    public async Task A_catalog_counts_from_its_commit_and_holds_up_no_use()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var jti = await ledger.MintAsync();
        var (during, after) = (await ledger.UseAsync(jti), await ledger.UseAsync(jti));

        await using var open = await OpenAsync(ledger);
        await ExecuteAsync(open, "SELECT pg_advisory_xact_lock(7001)");
        await ExecuteAsync(open, "UPDATE catalog_head SET version = version + 1");
        Assert.Equal([AuthorizeOutcome.Allowed], await ledger.SendAsync(patient: true, during));
        await open.Transaction.CommitAsync(TestLedger.Ct);

        Assert.Equal([AuthorizeOutcome.CatalogChanged], await ledger.SendAsync(patient: true, after));
    }

    [Fact]
    public async Task A_grant_that_grows_the_history_counts_from_its_commit_and_holds_up_no_use()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var root = await ledger.StartTaskAsync();
        var jti = await ledger.MintAsync(task: await ledger.StartTaskAsync(root));
        var (during, after) = (await ledger.UseAsync(jti), await ledger.UseAsync(jti));

        await using var open = await OpenAsync(ledger);
        await ExecuteAsync(open, $"UPDATE tasks SET history = history || 'data:secret'::text, history_version = history_version + 1 WHERE id = '{root}'");
        Assert.Equal([AuthorizeOutcome.Allowed], await ledger.SendAsync(patient: true, during));
        await open.Transaction.CommitAsync(TestLedger.Ct);

        Assert.Equal([AuthorizeOutcome.HistoryChanged], await ledger.SendAsync(patient: true, after));
    }

    [Fact]
    public async Task A_revocation_of_a_token_that_is_not_counted_counts_from_its_commit_and_holds_up_no_use()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var jti = await ledger.MintAsync();
        var (during, after) = (await ledger.UseAsync(jti), await ledger.UseAsync(jti));

        await using var open = await OpenAsync(ledger);
        await ExecuteAsync(open, $"UPDATE tokens SET revoked_at = clock_timestamp() WHERE jti = '{jti}'");
        Assert.Equal([AuthorizeOutcome.Allowed], await ledger.SendAsync(patient: true, during));
        await open.Transaction.CommitAsync(TestLedger.Ct);

        Assert.Equal([AuthorizeOutcome.TokenOver], await ledger.SendAsync(patient: true, after));
    }

    [Fact]
    public async Task A_use_of_a_counted_token_waits_for_a_revocation_that_came_first()
    {
        await using var ledger = await TestLedger.StartAsync(postgres, new() { Patience = TimeSpan.FromSeconds(30) });
        var jti = await ledger.MintAsync(uses: 1);
        var ask = await ledger.UseAsync(jti);

        await using var open = await OpenAsync(ledger);
        await ExecuteAsync(open, $"UPDATE tokens SET revoked_at = clock_timestamp() WHERE jti = '{jti}'");
        var waiting = ledger.CommitAsync(ask);
        await ledger.UntilAsync("EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')");
        await open.Transaction.CommitAsync(TestLedger.Ct);

        Assert.Equal(AuthorizeOutcome.TokenOver, await waiting);
        await ledger.UsedAsync(jti, uses: 0, left: 1);
    }

    // Without a lock on rows of tasks: how often the two meet is what makes this say something.
    [Fact]
    public async Task While_uses_race_with_the_end_of_their_task_none_that_began_after_the_end_was_answered_is_allowed()
    {
        await using var one = await TestLedger.StartAsync(postgres, new() { Patience = TimeSpan.FromSeconds(60) });
        await using var two = one.Beside();
        var (allowed, denied) = (0, 0);
        for (var round = 0; round < 30; round++)
        {
            var task = await one.StartTaskAsync();
            var ask = await one.DecidingAsync(await one.MintAsync(round % 2 == 0 ? null : 1_000, task));
            var ended = 0;
            var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

            var callers = Enumerable.Range(0, 8).Select(async caller =>
            {
                for (var turn = 0; turn < 50; turn++)
                {
                    var late = Volatile.Read(ref ended) == 1;
                    var outcome = await (caller % 2 == 0 ? one : two).CommitAsync(ask(TestLedger.NewRequest()));
                    Assert.Contains(outcome, late ? [AuthorizeOutcome.TaskOver] : new[] { AuthorizeOutcome.Allowed, AuthorizeOutcome.TaskOver });
                    Interlocked.Increment(ref outcome == AuthorizeOutcome.Allowed ? ref allowed : ref denied);
                    begun.TrySetResult();
                    if (late) return;
                }
            }).ToList();
            await begun.Task;
            await one.EndAsync(EndCause.Completed, task);
            Volatile.Write(ref ended, 1);
            await Task.WhenAll(callers);
        }

        Assert.True(allowed > 30 && denied > 30, $"{allowed} allowed, {denied} denied: the two never met");
    }

    private static async Task<HeldRow> OpenAsync(TestLedger ledger)
    {
        var connection = await ledger.Database.OpenConnectionAsync(TestLedger.Ct);
        return new(connection, await connection.BeginTransactionAsync(TestLedger.Ct));
    }

    private static async Task ExecuteAsync(HeldRow open, string sql)
    {
        await using var command = new NpgsqlCommand(sql, open.Transaction.Connection, open.Transaction);
        await command.ExecuteNonQueryAsync(TestLedger.Ct);
    }
}
