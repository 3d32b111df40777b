using CredBroker.Client;
using CredBroker.Core;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.V1;
using Npgsql;
using static CredBroker.IntegrationTests.Approvals.ApprovalBroker;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Approvals;

/// <summary>What changes between the question, the votes and the use; and what happens at one moment, step by step.</summary>
public sealed class ApprovalChangeTests(Postgres postgres)
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_leaves_between_two_votes_is_not_of_the_quorum()
    {
        await using var broker = await StartAsync(postgres, "{ quorum: { sre: 2 } }");
        var task = await broker.TaskAsync();
        var id = await broker.AskAsync(task);
        await broker.VoteAsync("ada", id);

        await broker.ApplyAsync("{ quorum: { sre: 2 } }", sre: "[ben, ida]");
        Assert.Equal(ApprovalState.Pending, (await broker.VoteAsync("ben", id)).Approvals[0].State);
        await broker.DeniedAsync(Reason.ApprovalNotGiven, broker.UseAsync(task, id));
        Assert.Equal(ApprovalState.Approved, (await broker.VoteAsync("ida", id)).Approvals[0].State);

        Assert.NotEmpty((await broker.UseAsync(task, id)).Token);
    }

    [Fact]
    public async Task What_was_approved_by_somebody_who_left_is_asked_for_anew()
    {
        await using var broker = await StartAsync(postgres);
        var task = await broker.TaskAsync();
        var old = await broker.ApprovedAsync(task);
        using var waiting = broker.Agent.Approvals.AwaitApproval(new() { ApprovalId = old }, cancellationToken: Ct);

        await broker.ApplyAsync(sre: "[ben]");
        await broker.DeniedAsync(Reason.ApprovalNotEnough, broker.UseAsync(task, old));
        var id = await broker.AskAsync(task);
        Assert.NotEqual(old, id);
        Assert.Equal(ApprovalState.Cancelled, await broker.StateAsync(old));
        Assert.Equal("Cancelled", await broker.Database.ScalarAsync<string>("SELECT payload->>'state' FROM audit_entries WHERE kind = 19"));

        await broker.VoteAsync("ben", id);
        Assert.NotEmpty((await broker.UseAsync(task, id)).Token);
        await broker.ApplyAsync();
        await broker.DeniedAsync(Reason.ApprovalOver, broker.UseAsync(task, old));   // who came back does not bring it back
    }

    [Fact]
    public async Task What_is_asked_of_others_now_is_asked_for_anew()
    {
        await using var broker = await StartAsync(postgres);
        var task = await broker.TaskAsync();
        var old = await broker.AskAsync(task);
        using var waiting = broker.Agent.Approvals.AwaitApproval(new() { ApprovalId = old }, cancellationToken: Ct);
        Assert.True(await waiting.ResponseStream.MoveNext(Ct));

        await broker.ApplyAsync(policies: Policies.Replace("sre", "security", StringComparison.Ordinal));
        var id = await broker.AskAsync(task);
        Assert.NotEqual(old, id);
        Assert.True(await waiting.ResponseStream.MoveNext(Ct));
        Assert.Equal(ApprovalState.Cancelled, waiting.ResponseStream.Current.State);
        await broker.AsAsync(Reason.ApprovalOver, broker.VoteAsync("ada", old));
        await broker.AsAsync(Reason.NotAnApprover, broker.VoteAsync("ada", id));
        await broker.VoteAsync("dan", id);
        Assert.NotEmpty((await broker.UseAsync(task, id)).Token);
    }

    [Fact]
    public async Task Two_approvers_at_the_same_moment_are_two()
    {
        await using var broker = await StartAsync(postgres, "{ quorum: { sre: 2 } }");
        var task = await broker.TaskAsync();
        var id = await broker.AskAsync(task);
        Task<DecideApprovalResponse>[] votes;
        await using (await HoldAsync(broker, task))
        {
            votes = [broker.VoteAsync("ada", id).ResponseAsync, broker.VoteAsync("ben", id).ResponseAsync];
            await broker.Database.SomebodyWaitsAsync(2);
        }

        var states = (await Task.WhenAll(votes)).Select(vote => vote.Approvals[0].State).Order();
        Assert.Equal([ApprovalState.Pending, ApprovalState.Approved], states);
        Assert.Equal(2, (await broker.FindAsync(id)).Votes.Count);
        Assert.NotEmpty((await broker.UseAsync(task, id)).Token);
    }

    [Fact]
    public async Task A_yes_and_a_no_at_the_same_moment_come_one_after_the_other()
    {
        await using var broker = await StartAsync(postgres);
        var task = await broker.TaskAsync();
        var id = await broker.AskAsync(task);
        Task<DecideApprovalResponse> yes, no;
        await using (await HoldAsync(broker, task))
        {
            yes = broker.VoteAsync("ada", id).ResponseAsync;
            await broker.Database.SomebodyWaitsAsync();
            no = broker.As("ben").Approvals.DecideApprovalAsync(Deny(id), cancellationToken: Ct).ResponseAsync;
            await broker.Database.SomebodyWaitsAsync(2);
        }

        // Whichever came first decided it, and the other one came too late.
        var votes = await Task.WhenAll(StateOfAsync(yes), StateOfAsync(no));
        var first = Assert.Single(votes, state => state is not null);
        Assert.Equal(first, await broker.StateAsync(id));
        Assert.Equal(1L, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE kind = 18 AND payload->>'reason' = 'ApprovalOver'"));
    }

    [Fact]
    public async Task What_expires_while_it_waits_to_be_used_or_decided_is_over()
    {
        await using var broker = await StartAsync(postgres);
        var task = await broker.TaskAsync();
        var (given, asked) = (await broker.ApprovedAsync(task), await broker.AskAsync(task, Release("payroll")));
        Task use, vote;
        await using (await HoldAsync(broker, task))
        {
            use = broker.DeniedAsync(Reason.ApprovalOver, broker.UseAsync(task, given));
            vote = broker.AsAsync(Reason.ApprovalOver, broker.VoteAsync("ada", asked));
            await broker.Database.SomebodyWaitsAsync(2);
            await broker.Database.ExecuteAsync("UPDATE approvals SET expires_at = clock_timestamp()");   // the very moment is too late
        }

        await use;
        await vote;
        Assert.Equal(0L, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM tokens"));
        Assert.Equal(1L, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM approval_votes"));
    }

    [Fact]
    public async Task What_the_catalog_takes_away_while_it_waits_to_be_used_is_not_granted()
    {
        await using var broker = await StartAsync(postgres);
        var task = await broker.TaskAsync();
        var id = await broker.ApprovedAsync(task);
        Task use;
        await using (await HoldAsync(broker, task))
        {
            use = broker.DeniedAsync(Reason.ApprovalNotEnough, broker.UseAsync(task, id));
            await broker.Database.SomebodyWaitsAsync();
            await broker.ApplyAsync(sre: "[ben]");
        }

        await use;
        Assert.Equal(ApprovalState.Approved, await broker.StateAsync(id));
        Assert.Equal(0L, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM tokens"));
    }

    // The row of a task, as whoever mints, votes or ends it holds it.
    private static async Task<IAsyncDisposable> HoldAsync(ApprovalBroker broker, string task)
    {
        var connection = await broker.Database.DataSource.OpenConnectionAsync(Ct);
        var transaction = await connection.BeginTransactionAsync(Ct);
        await using var hold = new NpgsqlCommand("SELECT FROM tasks WHERE id = $1 FOR UPDATE", connection, transaction) { Parameters = { new() { Value = Guid.Parse(task) } } };
        await hold.ExecuteNonQueryAsync(Ct);
        return connection;
    }

    // Null: it came too late.
    private static async Task<ApprovalState?> StateOfAsync(Task<DecideApprovalResponse> vote)
    {
        try
        {
            return (await vote).Approvals[0].State;
        }
        catch (Grpc.Core.RpcException refused)
        {
            Refused.Is(Reason.ApprovalOver, BrokerRefusal.Of(refused));
            return null;
        }
    }
}
