using CredBroker.Core.Tasks;
using CredBroker.Server.Ledger;

namespace CredBroker.IntegrationTests.Ledger;

public sealed class AuthorizeOutcomeTests(Postgres postgres)
{
    [Fact]
    public async Task A_use_is_there_with_its_audit_entry_and_is_counted()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var (counted, free) = (await ledger.MintAsync(uses: 3), await ledger.MintAsync());
        var (one, other) = (await ledger.UseAsync(counted), await ledger.UseAsync(free));

        Assert.Equal(AuthorizeOutcome.Allowed, await ledger.CommitAsync(one));
        Assert.Equal(AuthorizeOutcome.Allowed, await ledger.CommitAsync(other));

        await ledger.UsedAsync(counted, uses: 1, left: 2);
        await ledger.UsedAsync(free, uses: 1);
        Assert.True(await ledger.ScalarAsync<bool>(
            "SELECT leaf_hash = $2 AND payload::text = $3 AND kind = 20 AND task_id = $4 AND decision_id = $5 FROM audit_entries WHERE id = $1",
            one.Audit.Id, one.Audit.LeafHash, one.Audit.Payload, one.Use.Task.Value, one.Use.Decision.Value));
        Assert.True(await ledger.ScalarAsync<bool>(
            "SELECT jti = $2 AND ask_digest = $3 AND decision_id = $4 AND obligations = '[]' AND decided_catalog = 0 FROM authorizations WHERE id = $1",
            one.Use.Id.Value, counted.Value, one.Use.AskDigest, one.Use.Decision.Value));
    }

    [Theory]
    [InlineData("UPDATE tokens SET revoked_at = clock_timestamp() WHERE jti = $1", null)]
    [InlineData("UPDATE tokens SET revoked_at = clock_timestamp() WHERE jti = $1", 1)]
    [InlineData("UPDATE tokens SET expires_at = clock_timestamp() WHERE jti = $1", null)]
    [InlineData("UPDATE tokens SET expires_at = clock_timestamp() WHERE jti = $1", 1)]
    [InlineData("DELETE FROM signing_keys WHERE $1::uuid IS NOT NULL", null)]
    [InlineData("UPDATE tokens SET kid = 'revoked' WHERE jti = $1", null)]
    public async Task A_token_that_is_over_is_not_used(string over, int? uses)
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var ask = await ledger.UseAsync(await ledger.MintAsync(uses));
        await ledger.ExecuteAsync(over, ask.Use.Jti.Value);

        await RefusedAsync(ledger, ask, AuthorizeOutcome.TokenOver, left: uses);
    }

    [Fact]
    public async Task A_text_of_it_that_was_signed_by_a_key_that_is_not_published_is_not_used()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var jti = await ledger.MintAsync();

        await RefusedAsync(ledger, await ledger.UseAsync(jti, kid: "revoked"), AuthorizeOutcome.TokenOver);
    }

    [Theory]
    [InlineData("UPDATE tasks SET deadline = clock_timestamp() WHERE id = $1")]
    [InlineData("UPDATE tasks SET heartbeat_due = clock_timestamp() WHERE id = $1")]
    [InlineData("UPDATE tasks SET state = 0 WHERE id = $1")]
    public async Task Nothing_is_used_unless_the_task_its_root_and_all_between_are_live(string notLive)
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        for (var depth = 0; depth < 4; depth++)
        {
            var path = new List<TaskId> { await ledger.StartTaskAsync() };
            while (path.Count < 4) path.Add(await ledger.StartTaskAsync(path[^1]));
            var ask = await ledger.UseAsync(await ledger.MintAsync(task: path[^1]));
            await ledger.ExecuteAsync(notLive, path[depth].Value);

            await RefusedAsync(ledger, ask, AuthorizeOutcome.TaskOver);
        }
    }

    [Fact]
    public async Task A_task_that_was_ended_takes_its_tokens_with_it()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var root = await ledger.StartTaskAsync();
        var ask = await ledger.UseAsync(await ledger.MintAsync(task: await ledger.StartTaskAsync(root)));
        await ledger.EndAsync(EndCause.Completed, root);

        await RefusedAsync(ledger, ask, AuthorizeOutcome.TaskOver);
    }

    [Fact]
    public async Task What_was_decided_on_another_history_or_another_catalog_is_decided_again()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var root = await ledger.StartTaskAsync();
        var child = await ledger.StartTaskAsync(root);
        var jti = await ledger.MintAsync(task: child);

        var before = await ledger.UseAsync(jti);
        await ledger.Mints.CommitAsync(await ledger.AskAsync(root, null, "data:secret"), TestLedger.Ct);
        await RefusedAsync(ledger, before, AuthorizeOutcome.HistoryChanged);
        before = await ledger.UseAsync(jti);
        await ledger.ApplyCatalogAsync();
        await RefusedAsync(ledger, before, AuthorizeOutcome.CatalogChanged);

        Assert.Equal(AuthorizeOutcome.Allowed, await ledger.CommitAsync(await ledger.UseAsync(jti)));
    }

    [Fact]
    public async Task The_same_request_takes_one_use_and_is_answered_as_it_was()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var jti = await ledger.MintAsync(uses: 1);
        var request = TestLedger.NewRequest();
        var first = await ledger.UseAsync(jti, request);
        Assert.Equal(AuthorizeOutcome.Allowed, await ledger.CommitAsync(first));
        await ledger.ExecuteAsync("UPDATE authorizations SET obligations = '[\"tell \\\"Bob\\\"\"]'");

        // Neither the history nor the catalog that it was decided on matters to what was decided then.
        await ledger.Mints.CommitAsync(await ledger.AskAsync(first.Use.Task, null, "data:secret"), TestLedger.Ct);
        await ledger.ApplyCatalogAsync();
        var again = await ledger.Uses.CommitAsync(await ledger.UseAsync(jti, request), TestLedger.Ct);
        Assert.Equal((AuthorizeOutcome.Duplicate, first.Use.Decision), (again.Outcome, again.Decision));
        Assert.Equal(["tell \"Bob\""], again.Obligations);
        Assert.Equal(AuthorizeOutcome.OtherContent, await ledger.CommitAsync(await ledger.UseAsync(jti, request, "outbox/2")));
        Assert.Equal(AuthorizeOutcome.UsesSpent, await ledger.CommitAsync(await ledger.UseAsync(jti)));
        await ledger.UsedAsync(jti, uses: 1, left: 0);

        // But it does not outlive the task.
        var late = await ledger.UseAsync(jti, request);
        await ledger.EndAsync(EndCause.Completed, first.Use.Task);
        Assert.Equal(AuthorizeOutcome.TaskOver, await ledger.CommitAsync(late));
    }

    [Fact]
    public async Task An_ask_that_is_sent_again_answers_what_became_of_it()
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var ask = await ledger.UseAsync(await ledger.MintAsync(uses: 1));
        Assert.Equal(AuthorizeOutcome.Allowed, await ledger.CommitAsync(ask));

        await ledger.ApplyCatalogAsync();
        Assert.Equal([AuthorizeOutcome.Allowed], await ledger.SendAsync(patient: true, ask));
        await ledger.EndAsync(EndCause.Completed, ask.Use.Task);
        Assert.Equal([AuthorizeOutcome.Allowed], await ledger.SendAsync(patient: false, ask));
        await ledger.UsedAsync(ask.Use.Jti, uses: 1, left: 0);
    }

    private static async Task RefusedAsync(TestLedger ledger, AuthorizeCommit ask, AuthorizeOutcome outcome, int? left = null)
    {
        Assert.Equal(outcome, await ledger.CommitAsync(ask));
        await ledger.UsedAsync(ask.Use.Jti, uses: 0, left);
    }
}
