using CredBroker.Client;
using CredBroker.Core;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.Server.Ledger;
using CredBroker.V1;
using Grpc.Core;
using Npgsql;
using static CredBroker.IntegrationTests.Approvals.ApprovalBroker;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Approvals;

/// <summary>Waiting for approvals, and watching them.</summary>
public sealed class ApprovalStreamTests(Postgres postgres)
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_asked_hears_of_the_decision_and_of_the_end_of_its_task()
    {
        await using var broker = await StartAsync(postgres);
        var task = await broker.TaskAsync();
        var (first, second) = (await broker.AskAsync(task), await broker.AskAsync(task, Release("payroll")));
        using var one = broker.Agent.Approvals.AwaitApproval(new() { ApprovalId = first }, cancellationToken: Ct);
        using var two = broker.Agent.Approvals.AwaitApproval(new() { ApprovalId = second }, cancellationToken: Ct);
        Assert.Equal([ApprovalState.Pending, ApprovalState.Pending], [await NextAsync(one), await NextAsync(two)]);

        await broker.As("ada").Approvals.DecideApprovalAsync(Decide(first), cancellationToken: Ct);
        Assert.Equal(ApprovalState.Approved, await NextAsync(one));
        Assert.False(await one.ResponseStream.MoveNext(Ct));
        await broker.Agent.Tasks.EndTaskAsync(Story.End(task), cancellationToken: Ct);
        Assert.Equal(ApprovalState.Cancelled, await NextAsync(two));
        Assert.False(await two.ResponseStream.MoveNext(Ct));
    }

    [Fact]
    public async Task Nobody_else_does()
    {
        await using var broker = await StartAsync(postgres);
        await using var other = await broker.JoinAsync("other");
        var id = await broker.AskAsync(await broker.TaskAsync());

        await broker.DeniedAsync(Reason.NotYourApproval, await RefusalAsync(other, id));
        await broker.DeniedAsync(Reason.UnknownApproval, await RefusalAsync(other, TestBroker.NewId()));
    }

    [Fact]
    public async Task A_caller_holds_so_many_streams_and_no_more()
    {
        await using var broker = await StartAsync(postgres);
        var id = await broker.AskAsync(await broker.TaskAsync());
        var open = new List<AsyncServerStreamingCall<AwaitApprovalResponse>>();
        for (var i = 0; i < 32; i++)
        {
            open.Add(broker.Agent.Approvals.AwaitApproval(new() { ApprovalId = id }, cancellationToken: Ct));
            await NextAsync(open[^1]);
        }

        Refused.Is(Reason.TooManyStreams, await RefusalAsync(broker.Agent, id));
        open.ForEach(call => call.Dispose());
        await TestDatabase.UntilAsync(async () =>
        {
            using var again = broker.Agent.Approvals.AwaitApproval(new() { ApprovalId = id }, cancellationToken: Ct);
            try
            {
                return await again.ResponseStream.MoveNext(Ct);
            }
            catch (RpcException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task Watchers_see_what_is_pending_then_what_changes_and_go_on_where_they_were()
    {
        await using var broker = await StartAsync(postgres);
        var task = await broker.TaskAsync();
        var (old, first) = (await broker.ApprovedAsync(task, Release("old")), await broker.AskAsync(task));
        using var watch = broker.As("olga").Approvals.WatchApprovals(new() { Group = "sre" }, cancellationToken: Ct);
        await SeeAsync(watch, first, ApprovalState.Pending);

        var second = await broker.AskAsync(task, Release("payroll"));
        var seen = await SeeAsync(watch, second, ApprovalState.Pending);
        await broker.As("ada").Approvals.DecideApprovalAsync(Decide(first), cancellationToken: Ct);
        await broker.UseAsync(task, old, Release("old"));

        using var again = broker.As("olga").Approvals.WatchApprovals(new() { Cursor = seen.Cursor }, cancellationToken: Ct);
        seen = await SeeAsync(again);
        Assert.Equal((first, ApprovalState.Approved, "ada"), (seen.Approval.ApprovalId, seen.Approval.State, seen.Approval.Votes[0].Approver));
        seen = await SeeAsync(again);
        Assert.Equal((old, ApprovalState.Used), (seen.Approval.ApprovalId, seen.Approval.State));
    }

    [Fact]
    public async Task A_use_wakes_those_who_watch()
    {
        await using var broker = await StartAsync(postgres);
        var task = await broker.TaskAsync();
        var id = await broker.ApprovedAsync(task);
        await using var listening = await broker.Database.DataSource.OpenConnectionAsync(Ct);
        var heard = new List<string>();
        listening.Notification += (_, told) => heard.Add(told.Payload);
        await using (var listen = new NpgsqlCommand($"LISTEN {ApprovalSql.Channel}", listening)) await listen.ExecuteNonQueryAsync(Ct);

        await broker.UseAsync(task, id);

        Assert.True(await listening.WaitAsync(TimeSpan.FromMinutes(1), Ct), "nobody was woken");
        Assert.Equal([id], heard);
    }

    [Fact]
    public async Task A_client_waits_and_mints_by_itself()
    {
        await using var broker = await StartAsync(postgres);
        var task = await broker.TaskAsync();
        using var watch = broker.As("ada").Approvals.WatchApprovals(new(), cancellationToken: Ct);

        var minting = broker.Agent.MintApprovedAsync(Story.Mint(task, Release()), Ct);
        var id = (await SeeAsync(watch)).Approval.ApprovalId;
        await broker.As("ada").Approvals.DecideApprovalAsync(Decide(id), cancellationToken: Ct);
        Assert.Equal((await minting).Jti, (await broker.FindAsync(id)).Jti);

        var refused = broker.Agent.MintApprovedAsync(Story.Mint(task, Release("payroll")), Ct);
        await TestDatabase.UntilAsync(async () => await broker.Database.ScalarAsync<long>("SELECT count(*) FROM approvals WHERE state = 1") == 1);
        var second = (await broker.Database.ScalarAsync<Guid>("SELECT id FROM approvals WHERE state = 1")).ToString();
        await broker.As("ada").Approvals.DecideApprovalAsync(Deny(second), cancellationToken: Ct);
        Refused.Is(Reason.ApprovalRequired, BrokerRefusal.Of(await Assert.ThrowsAsync<RpcException>(() => refused)));
    }

    [Fact]
    public async Task A_broker_that_stops_tells_those_who_wait_and_does_not_wait_for_them()
    {
        await using var broker = await StartAsync(postgres);
        var id = await broker.AskAsync(await broker.TaskAsync());
        var waiting = Enumerable.Range(0, 20).Select(_ => broker.Agent.Approvals.AwaitApproval(new() { ApprovalId = id }, cancellationToken: Ct)).ToList();
        var watching = Enumerable.Range(0, 20).Select(_ => broker.As("olga").Approvals.WatchApprovals(new(), cancellationToken: Ct)).ToList();
        foreach (var call in waiting) await NextAsync(call);
        foreach (var call in watching) await SeeAsync(call);

        await broker.StopAsync();

        // Torn from its connection at the end of the stop's patience, a stream would not say why.
        foreach (var call in waiting) await EndedAsync(call.ResponseStream);
        foreach (var call in watching) await EndedAsync(call.ResponseStream);
        waiting.ForEach(call => call.Dispose());
        watching.ForEach(call => call.Dispose());

        static async Task EndedAsync<T>(IAsyncStreamReader<T> stream) =>
            Refused.Is(Reason.ShuttingDown, await EndOfAsync(stream));
    }

    [Fact]
    public async Task Whoever_loses_the_role_sees_no_more()
    {
        await using var broker = await StartAsync(postgres);
        var task = await broker.TaskAsync();
        await broker.AskAsync(task);
        using var olga = broker.As("olga").Approvals.WatchApprovals(new(), cancellationToken: Ct);
        using var ada = broker.As("ada").Approvals.WatchApprovals(new(), cancellationToken: Ct);
        await SeeAsync(olga);
        await SeeAsync(ada);

        await broker.ApplyAsync(demoted: "olga");
        var second = await broker.AskAsync(task, Release("payroll"));

        var refusal = await EndOfAsync(olga.ResponseStream);
        Refused.Is(Reason.RoleMissing, refusal);
        Assert.Equal("WatchApprovals", await broker.Database.ScalarAsync<string>(
            "SELECT payload->>'rpc' FROM audit_entries WHERE decision_id = $1 AND kind = 18", Guid.Parse(refusal.DecisionId!)));
        await SeeAsync(ada, second, ApprovalState.Pending);
    }

    private static async Task<ApprovalState> NextAsync(AsyncServerStreamingCall<AwaitApprovalResponse> call)
    {
        Assert.True(await call.ResponseStream.MoveNext(Ct));
        return call.ResponseStream.Current.State;
    }

    private static async Task<WatchApprovalsResponse> SeeAsync(AsyncServerStreamingCall<WatchApprovalsResponse> call)
    {
        Assert.True(await call.ResponseStream.MoveNext(Ct));
        return call.ResponseStream.Current;
    }

    // What changed shortly before a watch began may come too, while an older transaction is under way.
    private static async Task<WatchApprovalsResponse> SeeAsync(AsyncServerStreamingCall<WatchApprovalsResponse> call, string id, ApprovalState state)
    {
        while (true)
            if (await SeeAsync(call) is var seen && (seen.Approval.ApprovalId, seen.Approval.State) == (id, state)) return seen;
    }

    // For the same reason something may come before the end.
    private static async Task<BrokerRefusal> EndOfAsync<T>(IAsyncStreamReader<T> stream) => BrokerRefusal.Of(await Assert.ThrowsAsync<RpcException>(async () =>
    {
        while (await stream.MoveNext(Ct))
        {
        }
    }));

    private static async Task<BrokerRefusal> RefusalAsync(AgentSession session, string id)
    {
        using var call = session.Approvals.AwaitApproval(new() { ApprovalId = id }, cancellationToken: Ct);
        return BrokerRefusal.Of(await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Ct)));
    }
}
