using CredBroker.Core.Audit;
using CredBroker.Core.Tokens;
using CredBroker.Server.Ledger;

namespace CredBroker.IntegrationTests.Ledger;

public sealed class MintFailureTests(Postgres postgres)
{
    [Fact]
    public async Task Asks_that_hold_what_the_tables_refuse_fail_alone()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var row = await ledger.Tasks.ReadAsync(await ledger.StartTaskAsync(), TestLedger.Ct);
        MintCommit[] bad =
        [
            TestLedger.Ask(row!, 0) with { Resource = "/nul/\0" },
            TestLedger.Ask(row!, 0) with { ParametersJson = "{" },
            TestLedger.Ask(row!, 0) with { Tool = "lone surrogate \ud800" },
            TestLedger.Ask(row!, 0) with { AskDigest = [1] },
            TestLedger.Ask(row!, 0) with { UsesLeft = -1 },
            TestLedger.Ask(row!, 0) with { Jti = Jti.Of(new Guid("00000000-0000-8000-8000-000000000001")) },
            TestLedger.Ask(row!, 0) with { Audit = AuditEntry.Of(Guid.CreateVersion7(TestLedger.Now), AuditKind.TokenMinted, null, null, "not json") },
        ];
        var good = Enumerable.Range(0, 30).Select(_ => TestLedger.Ask(row!, 0)).ToArray();

        var answers = good.Select(ask => ledger.Mints.CommitAsync(ask, TestLedger.Ct).AsTask()).ToList();
        answers.InsertRange(10, bad.Select(ask => ledger.Mints.CommitAsync(ask, TestLedger.Ct).AsTask()));
        await Task.WhenAll(answers).ContinueWith(_ => { }, TestLedger.Ct, TaskContinuationOptions.None, TaskScheduler.Default);

        Assert.Equal(bad.Length, answers.Count(a => a.IsFaulted));
        Assert.All(answers.Where(a => a.IsFaulted), a => Assert.Equal(FailureKind.BadData, Failures.KindOf(a.Exception!.InnerException!)));
        Assert.Equal(good.Length, answers.Count(a => a.IsCompletedSuccessfully));
        Assert.Equal(good.Length, await ledger.ScalarAsync<long>("SELECT count(*) FROM tokens"));
        Assert.Equal(good.Length, (await ledger.Tasks.ReadAsync(row!.Id, TestLedger.Ct))!.Spent);
    }

    [Fact]
    public async Task Killed_connections_lose_nothing_and_double_nothing()
    {
        await using var ledger = await TestLedger.StartAsync(postgres, new() { Patience = TimeSpan.FromSeconds(30) });
        var tasks = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ledger.StartTaskAsync(budget: 100_000)));
        var rows = await Task.WhenAll(tasks.Select(async id => (await ledger.Tasks.ReadAsync(id, TestLedger.Ct))!));
        var minted = 0;
        var killed = 0;
        var enough = false;

        var callers = Enumerable.Range(0, 48).Select(async caller =>
        {
            while (!Volatile.Read(ref enough))
            {
                Assert.Equal(MintOutcome.Minted, await ledger.Mints.CommitAsync(TestLedger.Ask(rows[caller % rows.Length], 0), TestLedger.Ct));
                Interlocked.Increment(ref minted);
            }
        }).ToList();
        while (killed < 20 || Volatile.Read(ref minted) < 500)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestLedger.Ct);
            killed += await ledger.ScalarAsync<int>("""
                SELECT count(pg_terminate_backend(pid))::int FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = 'credbroker-ledger'
                """);
        }

        Volatile.Write(ref enough, true);
        await Task.WhenAll(callers);
        Assert.Equal(minted, await ledger.ScalarAsync<long>("SELECT count(*) FROM tokens"));
        Assert.Equal(minted, await ledger.ScalarAsync<long>("SELECT count(*) FROM audit_entries"));
        Assert.Equal(minted, await ledger.ScalarAsync<long>("SELECT sum(spent) FROM tasks"));
    }

    [Fact]
    public async Task A_database_that_stays_away_is_reported_and_one_that_comes_back_is_used_again()
    {
        await using var ledger = await TestLedger.StartAsync(postgres, new() { Patience = TimeSpan.FromMilliseconds(200) });
        var ask = await ledger.AskAsync(await ledger.StartTaskAsync());
        var name = await ledger.ScalarAsync<string>("SELECT current_database()::text");
        await postgres.ExecuteAsync($"ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        await postgres.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");

        await Assert.ThrowsAsync<StorageUnavailableException>(() => ledger.Mints.CommitAsync(ask, TestLedger.Ct).AsTask());
        await Assert.ThrowsAsync<StorageUnavailableException>(() => ledger.Tokens.ReadAsync(ask.Jti, TestLedger.Ct).AsTask());

        await postgres.ExecuteAsync($"ALTER DATABASE {name} ALLOW_CONNECTIONS true");
        Assert.Equal(MintOutcome.Minted, await ledger.Mints.CommitAsync(ask, TestLedger.Ct));
        Assert.True((await ledger.Tokens.ReadAsync(ask.Jti, TestLedger.Ct))!.Active);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_does_not_forget_what_it_took()
    {
        await using var ledger = await TestLedger.StartAsync(postgres, new() { QueueLimit = 4, WriterLoops = 1 });
        var row = await ledger.Tasks.ReadAsync(await ledger.StartTaskAsync(), TestLedger.Ct);
        var taken = new List<Task<MintOutcome>>();
        var refused = 0;

        for (var i = 0; i < 200; i++)
        {
            try
            {
                taken.Add(ledger.Mints.CommitAsync(TestLedger.Ask(row!, 0), TestLedger.Ct).AsTask());
            }
            catch (LedgerOverloadedException)
            {
                refused++;
            }
        }

        Assert.True(refused > 0);
        Assert.All(await Task.WhenAll(taken), outcome => Assert.Equal(MintOutcome.Minted, outcome));
        Assert.Equal(taken.Count, await ledger.ScalarAsync<long>("SELECT count(*) FROM tokens"));
    }

    [Fact]
    public async Task Closing_answers_what_waits_and_refuses_what_comes_later()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var row = await ledger.Tasks.ReadAsync(await ledger.StartTaskAsync(), TestLedger.Ct);
        var waiting = Enumerable.Range(0, 20).Select(_ => ledger.Mints.CommitAsync(TestLedger.Ask(row!, 0), TestLedger.Ct).AsTask()).ToList();

        await ledger.Mints.DisposeAsync();

        Assert.All(await Task.WhenAll(waiting), outcome => Assert.Equal(MintOutcome.Minted, outcome));
        Assert.Throws<LedgerOverloadedException>(() => { _ = ledger.Mints.CommitAsync(TestLedger.Ask(row!, 0), TestLedger.Ct).AsTask(); });
    }

    [Fact]
    public async Task A_caller_that_goes_away_is_not_waited_for_and_harms_nobody()
    {
        await using var ledger = await TestLedger.StartAsync(postgres, new() { Patience = TimeSpan.FromSeconds(30) });
        var ask = await ledger.AskAsync(await ledger.StartTaskAsync());
        using var caller = new CancellationTokenSource();

        await using (await ledger.HoldAsync(ask.TaskId))
        {
            var abandoned = ledger.Mints.CommitAsync(ask, caller.Token).AsTask();
            await caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await ledger.Mints.CommitAsync(ask, caller.Token));
        Assert.Equal(MintOutcome.Minted, await ledger.Mints.CommitAsync(await ledger.AskAsync(ask.TaskId), TestLedger.Ct));
    }
}
