using CredBroker.V1;
using static CredBroker.IntegrationTests.Approvals.ApprovalBroker;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Approvals;

/// <summary>Two replicas over one database: an approval is one there, too.</summary>
public sealed class ApprovalReplicasTests(Postgres postgres)
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_fifty_who_use_one_approval_at_both_one_gets_a_token()
    {
        await using var broker = await StartAsync(postgres);
        await using var second = await TestBroker.StartAsync(broker.Database, options => options.CatalogFolder = null);
        var (here, there) = await broker.JoinBothAsync(second);
        await using var disposeHere = here;
        await using var disposeThere = there;
        var task = (await here.Tasks.StartTaskAsync(Story.Start(Release("**")), cancellationToken: Ct)).Task.TaskId;
        // What the tree's history has already keeps nobody from minting at the same moment.
        var before = await AskAsync(here, task, Release("payroll"));
        await broker.VoteAsync("ada", before);
        await here.Tokens.MintAsync(Use(task, before, Release("payroll")), cancellationToken: Ct);
        var id = await AskAsync(there, task);
        Assert.Equal(id, await AskAsync(here, task));
        await broker.VoteAsync("ada", id);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            try
            {
                return (await (i % 2 == 0 ? here : there).Tokens.MintAsync(Use(task, id), cancellationToken: Ct)).Jti;
            }
            catch (Grpc.Core.RpcException)
            {
                return null;
            }
        }));

        var jti = Assert.Single(outcomes, outcome => outcome is not null);
        Assert.Equal(jti, (await broker.FindAsync(id)).Jti);
        Assert.Equal(2L, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM tokens"));
        Assert.Equal(49L, await broker.Database.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE payload->>'reason' = 'ApprovalOver' AND kind = 2"));
    }

    [Fact]
    public async Task One_request_at_both_at_once_is_one_grant()
    {
        await using var broker = await StartAsync(postgres);
        await using var second = await TestBroker.StartAsync(broker.Database, options => options.CatalogFolder = null);
        var (here, there) = await broker.JoinBothAsync(second);
        await using var disposeHere = here;
        await using var disposeThere = there;
        var task = (await here.Tasks.StartTaskAsync(Story.Start(Release("**")), cancellationToken: Ct)).Task.TaskId;
        for (var round = 0; round < 10; round++)
        {
            var what = Release($"service-{round}");
            var id = await AskAsync(here, task, what);
            await broker.VoteAsync("ada", id);
            var use = Use(task, id, what);

            var both = await Task.WhenAll(
                here.Tokens.MintAsync(use, cancellationToken: Ct).ResponseAsync, there.Tokens.MintAsync(use, cancellationToken: Ct).ResponseAsync);

            Assert.Equal((both[0].Jti, both[0].DecisionId), (both[1].Jti, both[1].DecisionId));
        }

        Assert.Equal(10, await broker.Database.ScalarAsync<int>("SELECT spent FROM tasks WHERE id = $1", Guid.Parse(task)));
    }

    [Fact]
    public async Task Whoever_waits_at_one_hears_what_was_decided_at_the_other()
    {
        await using var broker = await StartAsync(postgres);
        await using var second = await TestBroker.StartAsync(broker.Database, options => options.CatalogFolder = null);
        var (here, there) = await broker.JoinBothAsync(second);
        await using var disposeHere = here;
        await using var disposeThere = there;
        var task = (await here.Tasks.StartTaskAsync(Story.Start(Release("**")), cancellationToken: Ct)).Task.TaskId;
        var id = await AskAsync(here, task);
        using var waiting = there.Approvals.AwaitApproval(new() { ApprovalId = id }, cancellationToken: Ct);
        Assert.True(await waiting.ResponseStream.MoveNext(Ct));
        Assert.Equal(ApprovalState.Pending, waiting.ResponseStream.Current.State);

        await broker.VoteAsync("ada", id);

        Assert.True(await waiting.ResponseStream.MoveNext(Ct));
        Assert.Equal(ApprovalState.Approved, waiting.ResponseStream.Current.State);
        Assert.NotEmpty((await there.Tokens.MintAsync(Use(task, id), cancellationToken: Ct)).Token);
    }
}
