using CredBroker.Core.Tokens;
using CredBroker.Server.Ledger;
using Npgsql;
using static CredBroker.Server.Ledger.AuthorizeOutcome;

namespace CredBroker.IntegrationTests.Ledger;

/// <summary>What asks of one batch, and of two replicas, do to each other.</summary>
public sealed class AuthorizeBatchTests(Postgres postgres)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_many_asks_for_one_token_in_one_batch_as_many_pass_as_uses_are_left_in_their_order(bool patient)
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var (few, free) = (await ledger.MintAsync(uses: 2), await ledger.MintAsync());
        AuthorizeCommit[] asks =
        [
            await ledger.UseAsync(few), await ledger.UseAsync(free), await ledger.UseAsync(few), await ledger.UseAsync(few), await ledger.UseAsync(free),
        ];

        // Only the patient form is sure that the others that took the uses are other requests.
        AuthorizeOutcome? spent = patient ? UsesSpent : null;
        Assert.Equal([Allowed, Allowed, Allowed, spent, Allowed], await ledger.SendAsync(patient, asks));
        await ledger.UsedAsync(few, uses: 2, left: 0);
        await ledger.UsedAsync(free, uses: 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_request_twice_in_one_batch_takes_one_use_and_leaves_the_other_to_others(bool patient)
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var jti = await ledger.MintAsync(uses: 2);
        var request = TestLedger.NewRequest();
        var (first, again, other) = (await ledger.UseAsync(jti, request), await ledger.UseAsync(jti, request), await ledger.UseAsync(jti));

        Assert.Equal([Allowed, null, Allowed], await ledger.SendAsync(patient, first, again, other));
        Assert.Equal([Duplicate], await ledger.SendAsync(patient, again));
        await ledger.UsedAsync(jti, uses: 2, left: 0);
    }

    [Fact]
    public async Task A_counted_token_that_somebody_holds_is_not_decided_and_the_others_are()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var (held, other, free) = (await ledger.MintAsync(uses: 1), await ledger.MintAsync(uses: 1), await ledger.MintAsync());
        AuthorizeCommit[] asks = [await ledger.UseAsync(held), await ledger.UseAsync(other), await ledger.UseAsync(free)];
        await using var hold = await HoldAsync(ledger, held, "SELECT FROM tokens WHERE jti = $1 FOR UPDATE");

        Assert.Equal([null, Allowed, Allowed], await ledger.SendAsync(patient: false, asks));
        var failure = await Assert.ThrowsAsync<PostgresException>(() => ledger.SendAsync(patient: true, asks[0]));
        Assert.Equal(FailureKind.Contended, Failures.KindOf(failure));
        await hold.DisposeAsync();
        Assert.Equal(Allowed, await ledger.CommitAsync(asks[0]));
    }

    [Fact]
    public async Task A_token_that_is_not_counted_is_locked_by_nobody()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var jti = await ledger.MintAsync();
        var ask = await ledger.UseAsync(jti);
        await using var hold = await HoldAsync(ledger, jti, "SELECT FROM tokens WHERE jti = $1 FOR UPDATE");

        Assert.Equal([Allowed], await ledger.SendAsync(patient: true, ask));
    }

    // Replica one takes the last use; the same request is with replica two, which waits for the row.
    [Fact]
    public async Task The_last_use_taken_meanwhile_by_the_very_same_request_is_no_reason_to_say_that_uses_are_spent()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var jti = await ledger.MintAsync(uses: 1);
        var request = TestLedger.NewRequest();
        var (first, again, other) = (await ledger.UseAsync(jti, request), await ledger.UseAsync(jti, request), await ledger.UseAsync(jti));
        var hold = await HoldAsync(ledger, jti, $"""
            WITH used AS (
              INSERT INTO authorizations (id, jti, ask_digest, decision_id, obligations, decided_history, decided_catalog)
              VALUES ('{first.Use.Id}', $1, '\x{Convert.ToHexString(first.Use.AskDigest)}', '{first.Use.Decision}', '[]', 0, 0))
            UPDATE tokens SET uses_left = 0 WHERE jti = $1
            """);

        var (waiting, denied) = (ledger.Uses.CommitAsync(again, TestLedger.Ct).AsTask(), ledger.CommitAsync(other));
        await ledger.UntilAsync("EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')");
        await hold.Transaction.CommitAsync(TestLedger.Ct);

        Assert.Equal((Duplicate, first.Use.Decision), ((await waiting).Outcome, (await waiting).Decision));
        Assert.Equal(UsesSpent, await denied);
        await hold.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Of_a_hundred_callers_on_two_replicas_at_once_as_many_pass_as_there_are_uses(int uses)
    {
        await using var one = await TestLedger.StartAsync(postgres, new() { Patience = TimeSpan.FromSeconds(60) });
        await using var two = one.Beside();
        for (var round = 0; round < 5; round++)
        {
            var jti = await one.MintAsync(uses);
            var ask = await one.DecidingAsync(jti);

            var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => (i % 2 == 0 ? one : two).CommitAsync(ask(TestLedger.NewRequest()))));

            Assert.Equal((uses, 100 - uses), (outcomes.Count(o => o == Allowed), outcomes.Count(o => o == UsesSpent)));
            await one.UsedAsync(jti, uses, left: 0);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(3)]
    public async Task One_request_asked_a_hundred_times_at_two_replicas_at_once_takes_one_use(int? uses)
    {
        await using var one = await TestLedger.StartAsync(postgres, new() { Patience = TimeSpan.FromSeconds(60) });
        await using var two = one.Beside();
        for (var round = 0; round < 5; round++)
        {
            var jti = await one.MintAsync(uses);
            var (ask, request) = (await one.DecidingAsync(jti), TestLedger.NewRequest());

            var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
            {
                var commit = ask(request);
                var answer = await (i % 2 == 0 ? one : two).Uses.CommitAsync(commit, TestLedger.Ct);
                return (answer.Outcome, Decision: answer.Outcome == Duplicate ? answer.Decision : commit.Use.Decision);
            }));

            Assert.Equal((1, 99), (answers.Count(a => a.Outcome == Allowed), answers.Count(a => a.Outcome == Duplicate)));
            Assert.Single(answers.Select(a => a.Decision).Distinct());
            await one.UsedAsync(jti, uses: 1, left: uses - 1);
        }
    }

    [Fact]
    public async Task Killed_connections_lose_no_use_and_double_none()
    {
        await using var ledger = await TestLedger.StartAsync(postgres, new() { Patience = TimeSpan.FromSeconds(30) });
        var asks = new List<Func<Core.RequestId, AuthorizeCommit>>();
        for (var i = 0; i < 8; i++) asks.Add(await ledger.DecidingAsync(await ledger.MintAsync(uses: i % 2 == 0 ? 1_000_000 : null)));
        var (used, killed, enough) = (0, 0, false);

        var callers = Enumerable.Range(0, 48).Select(async caller =>
        {
            while (!Volatile.Read(ref enough))
            {
                Assert.Equal(Allowed, await ledger.CommitAsync(asks[caller % asks.Count](TestLedger.NewRequest())));
                Interlocked.Increment(ref used);
            }
        }).ToList();
        while (killed < 20 || Volatile.Read(ref used) < 500)
        {
            Assert.Null(callers.FirstOrDefault(caller => caller.IsFaulted)?.Exception);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestLedger.Ct);
            killed += await ledger.ScalarAsync<int>("""
                SELECT count(pg_terminate_backend(pid))::int FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = 'credbroker-ledger'
                """);
        }

        Volatile.Write(ref enough, true);
        await Task.WhenAll(callers);
        Assert.Equal(used, await ledger.ScalarAsync<long>("SELECT count(*) FROM authorizations"));
        Assert.Equal(used, await ledger.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE kind = 20"));
        Assert.True(await ledger.ScalarAsync<bool>("""
            SELECT bool_and(1000000 - t.uses_left = (SELECT count(*) FROM authorizations a WHERE a.jti = t.jti)) FROM tokens t WHERE t.uses_left IS NOT NULL
            """));
    }

    private static async Task<HeldRow> HoldAsync(TestLedger ledger, Jti jti, string sql)
    {
        var connection = await ledger.Database.OpenConnectionAsync(TestLedger.Ct);
        var transaction = await connection.BeginTransactionAsync(TestLedger.Ct);
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        command.Parameters.Add(new() { Value = jti.Value });
        await command.ExecuteNonQueryAsync(TestLedger.Ct);
        return new(connection, transaction);
    }
}
