using CredBroker.Core.Tokens;

namespace CredBroker.IntegrationTests.Ledger;

public sealed class TokenReaderTests(Postgres postgres)
{
    [Fact]
    public async Task A_token_is_read_with_its_task()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var root = await ledger.StartTaskAsync();
        var child = await ledger.StartTaskAsync(root);
        var ask = await ledger.AskAsync(child) with { Cnf = null };
        await ledger.Mints.CommitAsync(ask, TestLedger.Ct);

        var token = await ledger.Tokens.ReadAsync(ask.Jti, TestLedger.Ct);

        Assert.Equal((ask.Jti, child, root), (token!.Jti, token.TaskId, token.RootId));
        Assert.Equal([root], token.Ancestors);
        Assert.Equal(("spiffe://test/agent", "user:alice"), (token.Workload, token.Initiator));
        Assert.Equal(ask.IssuedAt, token.IssuedAt, TimeSpan.FromMicroseconds(1));
        Assert.Equal(ask.ExpiresAt, token.ExpiresAt, TimeSpan.FromMicroseconds(1));
        Assert.Equal((null, null, null), (token.Cnf, token.UsesLeft, token.RevokedAt));
        Assert.True(token.Active);
    }

    [Theory]
    [InlineData("UPDATE tokens SET revoked_at = now() WHERE jti = $1")]
    [InlineData("UPDATE tokens SET expires_at = clock_timestamp() WHERE jti = $1")]
    [InlineData("UPDATE tokens SET uses_left = 0 WHERE jti = $1")]
    [InlineData("DELETE FROM signing_keys WHERE kid = (SELECT kid FROM tokens WHERE jti = $1)")]
    [InlineData("UPDATE tasks SET state = 2, ended_at = now(), end_cause = 1 WHERE id = (SELECT task_id FROM tokens WHERE jti = $1)")]
    [InlineData("UPDATE tasks SET state = 0 WHERE id = (SELECT task_id FROM tokens WHERE jti = $1)")]
    [InlineData("UPDATE tasks SET deadline = clock_timestamp() WHERE id = (SELECT task_id FROM tokens WHERE jti = $1)")]
    [InlineData("UPDATE tasks SET heartbeat_due = clock_timestamp() WHERE id = (SELECT task_id FROM tokens WHERE jti = $1)")]
    [InlineData("UPDATE tasks SET heartbeat_due = clock_timestamp() WHERE parent_id IS NULL AND $1::uuid IS NOT NULL")]
    [InlineData("UPDATE tasks SET deadline = clock_timestamp() WHERE cardinality(ancestors) = 1 AND $1::uuid IS NOT NULL")]
    [InlineData("DELETE FROM tasks WHERE cardinality(ancestors) = 1 AND $1::uuid IS NOT NULL")]
    public async Task A_token_is_active_only_while_it_its_key_its_task_and_every_task_above_are(string blow)
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var leaf = await ledger.StartTaskAsync(await ledger.StartTaskAsync(await ledger.StartTaskAsync()));
        var ask = await ledger.AskAsync(leaf) with { UsesLeft = 1 };
        await ledger.Mints.CommitAsync(ask, TestLedger.Ct);
        Assert.True((await ledger.Tokens.ReadAsync(ask.Jti, TestLedger.Ct))!.Active);

        Assert.Equal(1, await ledger.ExecuteAsync(blow, ask.Jti.Value));

        Assert.False((await ledger.Tokens.ReadAsync(ask.Jti, TestLedger.Ct))!.Active);
    }

    [Fact]
    public async Task A_token_that_was_never_minted_is_null_wherever_its_time_lies()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var task = await ledger.StartTaskAsync();

        Assert.Null(await ledger.Tokens.ReadAsync(Jti.Derive(task, TestLedger.NewRequest()), TestLedger.Ct));
        Assert.Null(await ledger.Tokens.ReadAsync(Jti.Of(new Guid("00000000-0000-8000-8000-000000000001")), TestLedger.Ct));
        Assert.Null(await ledger.Tokens.ReadAsync(Jti.Of(new Guid("ffffffff-ffff-8fff-bfff-ffffffffffff")), TestLedger.Ct));
    }

    [Fact]
    public async Task Callers_who_ask_for_the_same_token_at_once_are_all_answered()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var ask = await ledger.AskAsync(await ledger.StartTaskAsync());
        await ledger.Mints.CommitAsync(ask, TestLedger.Ct);

        var tokens = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => ledger.Tokens.ReadAsync(ask.Jti, TestLedger.Ct).AsTask()));

        Assert.All(tokens, token => Assert.True(token!.Active));
    }
}
