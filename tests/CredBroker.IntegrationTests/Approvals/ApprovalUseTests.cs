using CredBroker.Client;
using CredBroker.Core;
using CredBroker.V1;
using static CredBroker.IntegrationTests.Approvals.ApprovalBroker;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Approvals;

/// <summary>What an approval is good for, and what it is not.</summary>
public sealed class ApprovalUseTests(Postgres postgres)
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_approval_is_asked_for_given_used_once_and_on_record()
    {
        await using var broker = await StartAsync(postgres);
        var task = await broker.TaskAsync();
        var id = await broker.AskAsync(task);
        Assert.Equal(id, await broker.AskAsync(task));
        await broker.DeniedAsync(Reason.ApprovalNotGiven, broker.UseAsync(task, id));

        var pending = await broker.FindAsync(id);
        Assert.Equal((ApprovalState.Pending, Alice, "sre", 1), (pending.State, pending.Initiator, Assert.Single(pending.Groups), pending.Quorum));
        Assert.Equal(Release(), pending.Capability);
        var answer = await broker.As("ada").Approvals.DecideApprovalAsync(Decide(id), cancellationToken: Ct);
        Assert.Equal((ApprovalState.Approved, "ada", 1, 30), (
            Assert.Single(answer.Approvals).State, Assert.Single(answer.Approvals[0].Votes).Approver, answer.VotesLastHour, answer.VotesPerHour));

        var use = Use(task, id);
        var minted = await broker.Agent.Tokens.MintAsync(use, cancellationToken: Ct);
        Assert.Equal(minted.Jti, (await broker.Agent.Tokens.MintAsync(use, cancellationToken: Ct)).Jti);   // the answer was lost: the same token again
        await broker.DeniedAsync(Reason.ApprovalOver, broker.UseAsync(task, id));

        var used = await broker.FindAsync(id);
        Assert.Equal((ApprovalState.Used, minted.Jti), (used.State, used.Jti));
        Assert.Equal(Guid.Parse(id), await broker.Database.ScalarAsync<Guid>("SELECT approval_id FROM tokens"));
        Assert.Equal(id, await broker.Database.ScalarAsync<string>("SELECT payload->>'approval' FROM audit_entries WHERE kind = 1"));
        Assert.Equal([(short)16, (short)17], await broker.Database.ColumnAsync<short>(
            $"SELECT kind FROM audit_entries WHERE payload->>'approval' = '{id}' AND kind BETWEEN 16 AND 19 ORDER BY id"));
        Assert.Equal(["ApprovalNotGiven", "ApprovalOver"], await broker.Database.ColumnAsync<string>(
            $"SELECT payload->>'reason' FROM audit_entries WHERE payload->>'approval' = '{id}' AND kind = 2 ORDER BY id"));
        Assert.NotEqual(id, await broker.AskAsync(task));   // what was used is asked for anew
    }

    [Fact]
    public async Task The_refusal_names_the_approval_what_it_covers_who_decides_and_until_when_and_nothing_more()
    {
        await using var broker = await StartAsync(postgres);
        var task = await broker.TaskAsync();

        var refused = await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => broker.Agent.Tokens.MintAsync(Story.Mint(task, Release()), cancellationToken: Ct).ResponseAsync);

        Assert.Equal((Grpc.Core.StatusCode.PermissionDenied, "approval required"), (refused.StatusCode, refused.Status.Detail));
        var info = Assert.Single(Google.Rpc.Status.Parser.ParseFrom(refused.Trailers.GetValueBytes(BrokerRefusal.DetailsTrailer)).Details).Unpack<Google.Rpc.ErrorInfo>();
        var approval = await broker.FindAsync(info.Metadata["approval_id"]);
        Assert.Equal("APPROVAL_REQUIRED", info.Reason);
        Assert.Equal(
            new SortedDictionary<string, string>
            {
                ["approval_id"] = approval.ApprovalId, ["decision_id"] = approval.DecisionId, ["groups"] = "sre",
                ["covers"] = """{"tool":"deploy","action":"release","resource":"helpdesk","parameters":{"version":{"in":["1.2"]}}}""",
                ["expires_at"] = approval.ExpiresAt.ToDateTime().ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            },
            new SortedDictionary<string, string>(info.Metadata));
    }

    [Fact]
    public async Task Of_fifty_who_use_one_approval_at_once_one_gets_a_token()
    {
        await using var broker = await StartAsync(postgres);
        var task = await broker.TaskAsync();
        // What the tree's history has already keeps nobody from minting at the same moment.
        await broker.UseAsync(task, await broker.ApprovedAsync(task, Release("payroll")), Release("payroll"));
        var id = await broker.ApprovedAsync(task);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            try
            {
                return (await broker.UseAsync(task, id)).Jti;
            }
            catch (Grpc.Core.RpcException)
            {
                return null;
            }
        }));

        var jti = Assert.Single(outcomes, outcome => outcome is not null);
        Assert.Equal(jti, (await broker.FindAsync(id)).Jti);
        Assert.Equal(2, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM tokens"));
        Assert.Equal(49, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE payload->>'reason' = 'ApprovalOver'"));
    }

    [Fact]
    public async Task Those_who_ask_at_once_ask_one_question()
    {
        await using var broker = await StartAsync(postgres);
        var task = await broker.TaskAsync();

        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => broker.AskAsync(task)));

        Assert.Single(ids.Distinct());
        Assert.Equal(1, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE kind = 16"));
    }

    [Fact]
    public async Task It_is_good_for_exactly_what_was_asked()
    {
        await using var broker = await StartAsync(postgres);
        await using var other = await broker.JoinAsync("other");
        var (task, second) = (await broker.TaskAsync(), await broker.TaskAsync());
        var id = await broker.ApprovedAsync(task);

        await broker.DeniedAsync(Reason.ApprovalForOther, broker.UseAsync(task, id, Release("payroll")));
        await broker.DeniedAsync(Reason.ApprovalForOther, broker.UseAsync(task, id, Release(version: "1.3")));
        await broker.DeniedAsync(Reason.ApprovalForOther, broker.UseAsync(second, id));
        await broker.DeniedAsync(Reason.UnknownApproval, broker.UseAsync(task, TestBroker.NewId()));
        var theirs = (await other.Tasks.StartTaskAsync(Story.Start(Release("**")), cancellationToken: Ct)).Task.TaskId;
        await broker.DeniedAsync(Reason.NotYourApproval, other.Tokens.MintAsync(Use(theirs, id), cancellationToken: Ct));

        Assert.Equal(ApprovalState.Approved, await broker.StateAsync(id));
        Assert.NotEmpty((await broker.UseAsync(task, id)).Token);
    }

    [Fact]
    public async Task What_comes_too_late_is_over()
    {
        await using var broker = await StartAsync(postgres);
        var task = await broker.TaskAsync();
        var given = await broker.ApprovedAsync(task);
        var asked = await broker.AskAsync(task, Release("payroll"));
        await broker.Database.ExecuteAsync("UPDATE approvals SET expires_at = clock_timestamp() - interval '1 millisecond'");

        await broker.DeniedAsync(Reason.ApprovalOver, broker.UseAsync(task, given));
        await broker.AsAsync(Reason.ApprovalOver, broker.As("ada").Approvals.DecideApprovalAsync(Decide(asked), cancellationToken: Ct));
        Assert.Equal([ApprovalState.Expired, ApprovalState.Expired], [await broker.StateAsync(given), await broker.StateAsync(asked)]);
        await TestDatabase.UntilAsync(async () => await broker.Database.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE kind = 19") == 2);
        Assert.NotEqual(asked, await broker.AskAsync(task, Release("payroll")));
    }

    [Fact]
    public async Task The_policies_of_then_have_the_last_word()
    {
        await using var broker = await StartAsync(postgres);
        var task = await broker.TaskAsync();
        var id = await broker.ApprovedAsync(task);

        await broker.ApplyAsync(policies: Policies + """forbid (principal, action in Action::"privileged", resource);""");
        await broker.DeniedAsync(Reason.PolicyDenied, broker.UseAsync(task, id));
        await broker.ApplyAsync(policies: Policies.Replace("sre", "security", StringComparison.Ordinal));
        await broker.DeniedAsync(Reason.ApprovalNotEnough, broker.UseAsync(task, id));
        await broker.ApplyAsync(sre: "[ben]");
        await broker.DeniedAsync(Reason.ApprovalNotEnough, broker.UseAsync(task, id));
        await broker.ApplyAsync("{ quorum: { sre: 2 } }");
        await broker.DeniedAsync(Reason.ApprovalNotEnough, broker.UseAsync(task, id));

        await broker.ApplyAsync();
        Assert.NotEmpty((await broker.UseAsync(task, id)).Token);
    }

    [Fact]
    public async Task So_has_the_history_of_then()
    {
        const string Clean = """forbid (principal, action in Action::"privileged", resource) when { context.task.history.tools.contains("tickets") };""";
        await using var broker = await StartAsync(postgres, policies: Policies + Clean);
        var task = await broker.TaskAsync();
        var id = await broker.ApprovedAsync(task);

        await broker.Agent.Tokens.MintAsync(Story.Mint(task, Read()), cancellationToken: Ct);
        await broker.DeniedAsync(Reason.PolicyDenied, broker.UseAsync(task, id));
        Assert.Equal(ApprovalState.Approved, await broker.StateAsync(id));
        await broker.DeniedAsync(Reason.PolicyDenied, broker.Agent.Tokens.MintAsync(Story.Mint(task, Release("payroll")), cancellationToken: Ct));   // nobody is asked
    }

    [Fact]
    public async Task A_task_that_is_over_takes_its_approvals_with_it()
    {
        await using var broker = await StartAsync(postgres);
        var task = await broker.TaskAsync();
        var (given, asked) = (await broker.ApprovedAsync(task), await broker.AskAsync(task, Release("payroll")));
        await broker.Agent.Tasks.EndTaskAsync(Story.End(task), cancellationToken: Ct);

        await broker.DeniedAsync(Reason.TaskOver, broker.UseAsync(task, given));
        await broker.AsAsync(Reason.ApprovalOver, broker.As("ada").Approvals.DecideApprovalAsync(Decide(asked), cancellationToken: Ct));
        Assert.Equal([ApprovalState.Cancelled, ApprovalState.Cancelled], [await broker.StateAsync(given), await broker.StateAsync(asked)]);
    }

    [Fact]
    public async Task A_task_that_ends_while_its_approval_is_used_or_given_wins()
    {
        await using var broker = await StartAsync(postgres);
        var task = await broker.TaskAsync();
        var (given, asked) = (await broker.ApprovedAsync(task), await broker.AskAsync(task, Release("payroll")));
        var ada = broker.As("ada");

        await using var ending = await broker.Database.DataSource.OpenConnectionAsync(Ct);
        await using var transaction = await ending.BeginTransactionAsync(Ct);
        await using var end = new Npgsql.NpgsqlCommand("UPDATE tasks SET state = 2, ended_at = clock_timestamp(), end_cause = 1", ending, transaction);
        await end.ExecuteNonQueryAsync(Ct);
        var use = broker.DeniedAsync(Reason.TaskOver, broker.UseAsync(task, given));
        await broker.Database.SomebodyWaitsAsync();
        await transaction.CommitAsync(Ct);
        await use;

        Assert.Equal(0, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM tokens"));
        Assert.Null(await broker.Database.ScalarAsync<object>("SELECT jti FROM approvals WHERE jti IS NOT NULL"));
        await broker.AsAsync(Reason.ApprovalOver, ada.Approvals.DecideApprovalAsync(Decide(asked), cancellationToken: Ct));
    }

    [Fact]
    public async Task A_task_asks_only_so_much_at_once()
    {
        await using var broker = await StartAsync(postgres);
        var task = await broker.TaskAsync();
        for (var i = 0; i < 16; i++) await broker.AskAsync(task, Release($"service-{i}"));

        var refusal = await Hosting.Refused.AsAsync(
            Reason.TooManyApprovals, broker.Agent.Tokens.MintAsync(Story.Mint(task, Release("one-more")), cancellationToken: Ct));
        Assert.NotNull(refusal.RetryAfter);
        Assert.Equal("TooManyApprovals", await broker.Database.ScalarAsync<string>(
            "SELECT payload->>'reason' FROM audit_entries WHERE decision_id = $1 AND kind = 2", Guid.Parse(refusal.DecisionId!)));
        Assert.NotEmpty(await broker.AskAsync(task, Release("service-3")));
    }
}
