using CredBroker.Core.Audit;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using Npgsql;

namespace CredBroker.IntegrationTests.Ledger;

/// <summary>
/// What is remembered of live tokens never outlives their end: each test gets its tokens remembered first, which shows in that the very same
/// object comes back, and then has something end.
/// </summary>
public sealed class LiveTokenReaderTests(Postgres postgres) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private TestLedger ledger = null!;

    public async ValueTask InitializeAsync() => ledger = await TestLedger.StartAsync(postgres);

    public ValueTask DisposeAsync() => ledger.DisposeAsync();

    [Fact]
    public async Task A_token_is_read_with_its_task_and_the_second_time_remembered()
    {
        var root = await ledger.StartTaskAsync();
        await ledger.ExecuteAsync("UPDATE tasks SET workload = 'spiffe://test/root' WHERE id = $1", root.Value);
        var ask = await ledger.AskAsync(await ledger.StartTaskAsync(root));
        await ledger.Mints.CommitAsync(ask, Ct);

        var first = (await ReadAsync(ask.Jti))!;

        Assert.Equal((ask.Jti, ask.TaskId, root), (first.Jti, first.TaskId, first.RootId));
        Assert.Equal(("spiffe://test/agent", "spiffe://test/root", "user:alice"), (first.Workload, first.Subject, first.Initiator));
        Assert.Equal((ask.Tool, ask.Action, ask.Resource), (first.Capability.Tool, first.Capability.Action, first.Capability.Resource));
        Assert.Equal((ask.Audience, ask.Cnf, ask.Kid), (first.Audience, first.Cnf, first.Kid));
        Assert.Equal(ask.IssuedAt, first.IssuedAt, TimeSpan.FromMicroseconds(1));
        Assert.Equal(ask.ExpiresAt, first.ExpiresAt, TimeSpan.FromMicroseconds(1));
        Assert.Equal(ask.TokenHash, first.TokenHash);
        var second = (await ReadAsync(ask.Jti))!;
        Assert.NotSame(first, second);
        Assert.Equal(first with { TokenHash = second.TokenHash }, second);
        Assert.Same(second, await ReadAsync(ask.Jti));
    }

    [Theory]
    [InlineData("the task")]
    [InlineData("a task above")]
    [InlineData("the token")]
    [InlineData("something wide")]
    public async Task What_another_replica_ends_is_dead_at_once(string what)
    {
        var root = await ledger.StartTaskAsync();
        var task = await ledger.StartTaskAsync(root);
        var token = await RememberedAsync(task);
        var beside = await RememberedAsync(await ledger.StartTaskAsync());

        switch (what)
        {
            case "the task":
                await ledger.EndAsync(EndCause.Completed, task);
                break;
            case "a task above":
                await ledger.EndAsync(EndCause.Revoked, root);
                break;
            case "the token":
                await RevokeAsync(token);
                break;
            default:
                await RevokeAsync(token, RevocationKind.Tool, "mail");
                break;
        }

        Assert.Null(await ReadAsync(token));
        Assert.NotNull(await ReadAsync(beside));
    }

    // The naive reader, who remembers the last line that he saw, loses the first for ever.
    [Fact]
    public async Task A_revocation_that_commits_after_later_ones_is_not_missed()
    {
        var task = await ledger.StartTaskAsync();
        var tokens = new List<Jti>();
        for (var i = 0; i < 4; i++) tokens.Add(await RememberedAsync(task));
        await using var slow = await ledger.HoldAsync();
        await RevokeAsync(slow, tokens[0]);
        await using var slower = await ledger.HoldAsync();
        await RevokeAsync(slower, tokens[1]);
        await RevokeAsync(tokens[2]);
        await AliveAsync(tokens, true, true, false, true);

        await slower.Transaction.CommitAsync(Ct);
        await AliveAsync(tokens, true, false, false, true);
        await AliveAsync(tokens, true, false, false, true);

        await slow.Transaction.CommitAsync(Ct);
        await AliveAsync(tokens, false, false, false, true);
    }

    [Fact]
    public async Task A_revocation_that_is_rolled_back_changes_nothing()
    {
        var token = await RememberedAsync(await ledger.StartTaskAsync());
        await using (var undone = await ledger.HoldAsync()) await RevokeAsync(undone, token);

        Assert.NotNull(await ReadAsync(token));
    }

    // Read while it lived, and revoked before the next word of the feed: between the two statements of one round trip, too.
    [Fact]
    public async Task What_is_revoked_while_it_is_being_read_is_dead_for_whoever_asks_next()
    {
        var task = await ledger.StartTaskAsync();
        var held = await RememberedAsync(task);
        var token = await MintedAsync(task);
        Assert.NotNull(await ReadAsync(token));
        await using var blocking = await ledger.HoldAsync();
        await ExecuteAsync(blocking, "LOCK TABLE tokens IN ACCESS EXCLUSIVE MODE");
        var reading = ReadAsync(token);
        await ledger.UntilAsync("EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')");
        await RevokeAsync(blocking, held);
        await blocking.Transaction.CommitAsync(Ct);
        await reading;

        Assert.Null(await ReadAsync(held));
        Assert.NotNull(await ReadAsync(token));
        await RevokeAsync(token);
        Assert.Null(await ReadAsync(token));
    }

    // While a transaction somewhere stays open, the lines since it began are told again with each batch.
    [Fact]
    public async Task When_too_much_was_revoked_at_once_all_is_forgotten_and_every_answer_is_right()
    {
        var task = await ledger.StartTaskAsync();
        var (token, doomed) = (await RememberedAsync(task), await RememberedAsync(task));
        await using var open = await ledger.HoldAsync();
        await ExecuteAsync(open, "SELECT pg_current_xact_id()");
        await FillFeedAsync(RevokedSince.MostLines);
        await UntilRememberedAsync(token);

        await RevokeAsync(doomed);

        Assert.Null(await ReadAsync(doomed));
        Assert.NotSame(await ReadAsync(token), await ReadAsync(token));
        Assert.NotNull(await ReadAsync(token));
        await open.DisposeAsync();
        await UntilRememberedAsync(token);
    }

    // It stays in what is told while that transaction is open.
    [Fact]
    public async Task A_line_that_is_told_again_makes_nothing_be_forgotten_again()
    {
        var task = await ledger.StartTaskAsync();
        var (token, doomed) = (await RememberedAsync(task), await RememberedAsync(task));
        await using var open = await ledger.HoldAsync();
        await ExecuteAsync(open, "SELECT pg_current_xact_id()");
        await RevokeAsync(doomed, RevocationKind.Tool, "mail");

        Assert.Null(await ReadAsync(doomed));
        Assert.NotNull(await ReadAsync(token));
        Assert.Same(await ReadAsync(token), await ReadAsync(token));
    }

    [Fact]
    public async Task What_is_forgotten_under_way_is_read_at_once_even_by_a_reader_that_closes()
    {
        var task = await ledger.StartTaskAsync();
        await using var other = ledger.Beside();
        var token = await RememberedAsync(task);
        for (var i = 0; i < 3; i++) Assert.NotNull(await other.LiveTokens.ReadAsync(token, Ct));
        await RevokeAsync(await MintedAsync(task), RevocationKind.Everything, "*");

        var last = other.LiveTokens.ReadAsync(token, Ct);
        await other.LiveTokens.DisposeAsync();

        Assert.NotNull(await last);
    }

    // As a migration does: nothing was prepared yet, and part of it cannot be.
    [Fact]
    public async Task A_lock_that_is_in_the_way_of_a_first_read_is_waited_for()
    {
        var token = await MintedAsync(await ledger.StartTaskAsync());
        var reads = new List<Task<LiveToken?>>();
        await using (var locking = await ledger.HoldAsync())
        {
            await ExecuteAsync(locking, "LOCK TABLE revocations IN ACCESS EXCLUSIVE MODE");
            for (var i = 0; i < 3; i++) reads.Add(ReadAsync(token));
            await ledger.UntilAsync("EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')");
            await ledger.UntilAsync("NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')");
        }

        foreach (var read in reads) Assert.NotNull(await read);
        await UntilRememberedAsync(token);
    }

    [Fact]
    public async Task A_new_connection_remembers_nothing_of_the_old_one()
    {
        var task = await ledger.StartTaskAsync();
        var (token, doomed) = (await RememberedAsync(task), await RememberedAsync(task));
        var before = await ReadAsync(token);
        await ledger.ScalarAsync<bool>("""
            SELECT bool_and(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'credbroker-ledger'
            """);
        await RevokeAsync(doomed);

        Assert.Null(await ReadAsync(doomed));
        Assert.NotSame(before, await ReadAsync(token));
    }

    [Fact]
    public async Task A_token_whose_uses_are_counted_is_read_every_time()
    {
        var token = await MintedAsync(await ledger.StartTaskAsync(), uses: 1);
        for (var i = 0; i < 4; i++) Assert.NotSame(await ReadAsync(token), await ReadAsync(token));

        await ledger.ExecuteAsync("UPDATE tokens SET uses_left = 0 WHERE jti = $1", token.Value);

        Assert.Null(await ReadAsync(token));
    }

    [Theory]
    [InlineData("UPDATE tokens SET expires_at = $1::timestamptz")]
    [InlineData("UPDATE tasks SET deadline = $1::timestamptz WHERE cardinality(ancestors) = 2")]
    [InlineData("UPDATE tasks SET heartbeat_due = $1::timestamptz WHERE cardinality(ancestors) = 2")]
    [InlineData("UPDATE tasks SET heartbeat_due = $1::timestamptz WHERE cardinality(ancestors) = 1")]
    [InlineData("UPDATE tasks SET deadline = $1::timestamptz WHERE cardinality(ancestors) = 0")]
    [InlineData("SELECT $1::timestamptz + interval '3 seconds'")]
    public async Task It_is_remembered_no_longer_than_it_and_everything_above_is_sure_to_live(string first)
    {
        var token = await MintedAsync(await ledger.StartTaskAsync(await ledger.StartTaskAsync(await ledger.StartTaskAsync())));
        var until = await ledger.ScalarAsync<DateTime>("SELECT clock_timestamp() + interval '2 seconds'");
        await ledger.ExecuteAsync(first, until);

        var told = await ledger.ScalarAsync<DateTime>($"SELECT least FROM ({LiveTokenStatement.RememberSql}) AS read", new[] { token.Value });

        var latest = first.StartsWith("SELECT", StringComparison.Ordinal) ? until.AddSeconds(4) : until;
        Assert.InRange(told, until, latest);
    }

    // A model would be the database itself: here everybody asks while everything ends, and no answer may be older than what it follows.
    [Fact]
    public async Task However_many_ask_while_one_after_the_other_ends_nobody_is_told_that_it_lives_afterwards()
    {
        await using var other = ledger.Beside();
        LiveTokenReader[] readers = [ledger.LiveTokens, other.LiveTokens];
        var tasks = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ledger.StartTaskAsync()));
        var tokens = new List<(TaskId Task, Jti Jti)>();
        foreach (var task in tasks)
            for (var i = 0; i < 4; i++) tokens.Add((task, await MintedAsync(task)));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var asked = 0;
        var crowd = Enumerable.Range(0, 32).Select(n => Task.Run(async () =>
        {
            for (var i = n; !enough.IsCancellationRequested; i++)
            {
                await readers[n % 2].ReadAsync(tokens[i * 7 % tokens.Count].Jti, Ct);
                Interlocked.Increment(ref asked);
            }
        }, Ct)).ToList();

        foreach (var task in tasks)
        {
            var ofTask = tokens.Where(token => token.Task == task).Select(token => token.Jti).ToList();
            foreach (var reader in readers)
                foreach (var token in ofTask) Assert.NotNull(await reader.ReadAsync(token, Ct));
            await RevokeAsync(ofTask[0]);
            foreach (var reader in readers) Assert.Null(await reader.ReadAsync(ofTask[0], Ct));
            await ledger.EndAsync(EndCause.Completed, task);
            foreach (var reader in readers)
                foreach (var token in ofTask) Assert.Null(await reader.ReadAsync(token, Ct));
        }

        await enough.CancelAsync();
        await Task.WhenAll(crowd);
        Assert.True(asked > tokens.Count * 2, $"only {asked} were asked for: this says nothing");
    }

    private async Task<Jti> MintedAsync(TaskId task, int? uses = null)
    {
        var ask = await ledger.AskAsync(task) with { UsesLeft = uses };
        Assert.Equal(MintOutcome.Minted, await ledger.Mints.CommitAsync(ask, Ct));
        return ask.Jti;
    }

    private async Task<Jti> RememberedAsync(TaskId task)
    {
        var token = await MintedAsync(task);
        await UntilRememberedAsync(token);
        return token;
    }

    // Not always at once: a transaction of another test may keep the feed long.
    private Task UntilRememberedAsync(Jti token) =>
        TestDatabase.UntilAsync(async () => await ReadAsync(token) is { } read && ReferenceEquals(read, await ReadAsync(token)));

    private async Task<LiveToken?> ReadAsync(Jti token) => await ledger.LiveTokens.ReadAsync(token, Ct);

    private async Task AliveAsync(IEnumerable<Jti> tokens, params bool[] alive)
    {
        foreach (var (token, lives) in tokens.Zip(alive)) Assert.Equal(lives, await ReadAsync(token) is not null);
    }

    // As the product does: the row and the line in one transaction.
    private async Task RevokeAsync(Jti token, RevocationKind kind = RevocationKind.Token, string? subject = null)
    {
        await using var revoking = await ledger.HoldAsync();
        await RevokeAsync(revoking, token, kind, subject);
        await revoking.Transaction.CommitAsync(Ct);
    }

    private static async Task RevokeAsync(HeldRow within, Jti token, RevocationKind kind = RevocationKind.Token, string? subject = null)
    {
        await ExecuteAsync(within, $"UPDATE tokens SET revoked_at = clock_timestamp() WHERE jti = '{token}'");
        var entry = AuditEntry.Of(Guid.CreateVersion7(TestLedger.Now), AuditKind.TokenRevoked, null, null, "{}");
        await Revocations.RecordAsync(within.Transaction, new(TestLedger.Now, kind, subject ?? token.ToString(), null, "test"), entry, Ct);
    }

    private async Task FillFeedAsync(int lines)
    {
        var ids = Enumerable.Range(0, lines).Select(_ => Guid.CreateVersion7(TestLedger.Now)).ToArray();
        await ledger.ExecuteAsync(
            "INSERT INTO revocations (id, kind, subject, cause) SELECT id, 2, gen_random_uuid()::text, 'test' FROM unnest($1) AS id", ids);
    }

    private static async Task ExecuteAsync(HeldRow within, string sql)
    {
        await using var command = new NpgsqlCommand(sql, within.Transaction.Connection, within.Transaction);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
