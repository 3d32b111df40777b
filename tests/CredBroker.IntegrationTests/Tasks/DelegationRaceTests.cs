using CredBroker.Client;
using CredBroker.Core;
using CredBroker.Core.Tasks;
using CredBroker.IntegrationTests.Hosting;
using CredBroker.IntegrationTests.Ledger;
using CredBroker.V1;
using Grpc.Core;
using Npgsql;
using Task = System.Threading.Tasks.Task;

namespace CredBroker.IntegrationTests.Tasks;

/// <summary>
/// Delegating and accepting beside whatever else happens to the tree. A test holds the rows that the calls have to wait for, so that they
/// stand in the order in which it made them, and lets go.
/// </summary>
public sealed class DelegationRaceTests(Postgres postgres) : DelegationScene(postgres, options => options.CallTimeout = TimeSpan.FromMinutes(1))
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("parent")]
    [InlineData("root")]
    public async Task A_child_that_is_made_while_a_task_above_is_being_ended_ends_with_it(string ended)
    {
        var (root, child) = await TreeAsync();
        AsyncUnaryCall<DelegateTaskResponse> delegating;
        AsyncUnaryCall<EndTaskResponse> ending;
        // The delegation has locked its tasks and waits for the catalog; the end of the tree waits for the delegation.
        await using (await CatalogHeldAsync())
        {
            delegating = Helper.Tasks.DelegateTaskAsync(ToSecond(child), Patient);
            await Broker.Database.SomebodyWaitsForALockAsync();
            ending = ended == "root" ? End(Agent, root) : End(Helper, child);
            await WaitersAsync(2);
        }

        var grandchild = (await delegating).Task.TaskId;
        Assert.Equal(ended == "root" ? 2 : 1, (await ending).DescendantsEnded);
        await Broker.DeniedAsync(Reason.TaskOver, Second.Tasks.AcceptTaskAsync(Delegations.Accept(grandchild)));
        Assert.Equal(ended == "root" ? 0L : 1L, await LiveAsync());
    }

    [Theory]
    [InlineData("parent")]
    [InlineData("root")]
    public async Task No_child_is_made_once_a_task_above_is_being_ended(string ended)
    {
        var (root, child) = await TreeAsync();
        AsyncUnaryCall<DelegateTaskResponse> delegating;
        AsyncUnaryCall<EndTaskResponse> ending;
        await using (await Broker.Database.DataSource.HoldAsync(IdOf(ended == "root" ? root : child)))
        {
            ending = ended == "root" ? End(Agent, root) : End(Helper, child);
            await WaitersAsync(1);
            delegating = Helper.Tasks.DelegateTaskAsync(ToSecond(child), Patient);
            await WaitersAsync(2);
        }

        await Broker.DeniedAsync(Reason.TaskOver, delegating);
        Assert.Equal(ended == "root" ? 1 : 0, (await ending).DescendantsEnded);
        Assert.Equal(2L, await Broker.Database.ScalarAsync<long>("SELECT count(*) FROM tasks"));
    }

    // An end looks twice: it locks what it sees, then ends what is there by then. The child is made before its first look is over, the
    // grandchild would be after its second has begun. A lock on the parent alone lets it live.
    [Fact]
    public async Task A_grandchild_does_not_slip_in_between_the_two_looks_of_an_end()
    {
        var root = await Agent.RootAsync();
        var seen = await Agent.HandAsync(root, Second);
        AsyncUnaryCall<EndTaskResponse> ending;
        AsyncUnaryCall<DelegateTaskResponse> slipping;
        await using (var held = await Broker.Database.DataSource.HoldAsync(IdOf(seen)))
        {
            AsyncUnaryCall<DelegateTaskResponse> delegating;
            await using (await CatalogHeldAsync())
            {
                delegating = Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root), Patient);
                await Broker.Database.SomebodyWaitsForALockAsync();
                ending = End(Agent, root);
                await WaitersAsync(2);
            }

            var child = (await delegating).Task.TaskId;
            await UntilAsync("$1 = ANY(pg_blocking_pids(a.pid))", held.Transaction.Connection!.ProcessID);
            await Helper.Tasks.AcceptTaskAsync(Delegations.Accept(child), Patient);
            await using var catalog = await CatalogHeldAsync();
            slipping = Helper.Tasks.DelegateTaskAsync(ToSecond(child), Patient);
            await WaitersAsync(2);
            await held.DisposeAsync();
            await TestDatabase.UntilAsync(async () => ending.ResponseAsync.IsCompleted || await ExistsAsync("""
                EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND NOT l.granted AND l.pid = ANY(pg_blocking_pids(a.pid)))
                """));
        }

        await Broker.DeniedAsync(Reason.TaskOver, slipping);
        Assert.Equal(2, (await ending).DescendantsEnded);
        Assert.Equal(0L, await LiveAsync());
    }

    [Fact]
    public async Task A_task_that_is_being_ended_is_not_accepted_and_one_that_is_being_accepted_ends()
    {
        foreach (var endsFirst in new[] { true, false })
        {
            var root = await Agent.RootAsync();
            var waiting = (await Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root))).Task.TaskId;
            AsyncUnaryCall<AcceptTaskResponse> accepting = null!;
            AsyncUnaryCall<EndTaskResponse> ending = null!;
            Action[] calls =
            [
                () => ending = End(Agent, root),
                () => accepting = Helper.Tasks.AcceptTaskAsync(Delegations.Accept(waiting), Patient),
            ];
            await using (await Broker.Database.DataSource.HoldAsync(IdOf(waiting)))
            {
                calls[endsFirst ? 0 : 1]();
                await WaitersAsync(1);
                calls[endsFirst ? 1 : 0]();
                await WaitersAsync(2);
            }

            if (endsFirst) await Broker.DeniedAsync(Reason.TaskOver, accepting);
            else Assert.Equal(V1.TaskState.Active, (await accepting).Task.State);
            Assert.Equal(1, (await ending).DescendantsEnded);
            Assert.Equal(0L, await LiveAsync());
            await Broker.DeniedAsync(Reason.TaskOver, Helper.Tokens.MintAsync(Story.Mint(waiting)));
        }
    }

    [Fact]
    public async Task Of_two_who_accept_at_once_one_does_and_the_other_is_told_so()
    {
        var waiting = (await Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(await Agent.RootAsync()))).Task.TaskId;
        Task<AcceptTaskResponse>[] both;
        await using (await Broker.Database.DataSource.HoldAsync(IdOf(waiting)))
        {
            both = [Accept(), Accept()];
            await WaitersAsync(2);
        }

        Assert.Equal([false, true], (await Task.WhenAll(both)).Select(answer => answer.AlreadyAccepted).Order());
        Assert.Equal(1L, await Broker.Database.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE kind = 15"));

        Task<AcceptTaskResponse> Accept() => Helper.Tasks.AcceptTaskAsync(Delegations.Accept(waiting), Patient).ResponseAsync;
    }

    [Fact]
    public async Task A_budget_is_not_given_away_twice()
    {
        var root = (await Agent.Tasks.StartTaskAsync(Story.Start().Changed(start => start.Budget = 10))).Task.TaskId;
        var answers = await TwoAtOnceAsync(root, request => request.Budget = 6);

        Assert.Equal([nameof(Reason.BudgetOverParents), "approved"], answers);
        Assert.Equal((4, 6), (await BudgetAsync("id", root), await BudgetAsync("parent_id", root)));
    }

    // The mint has decided on a hundred and waits for the catalog; the delegation has locked the rows and takes four of them.
    [Fact]
    public async Task What_was_decided_on_a_budget_is_decided_again_when_a_part_of_it_was_given_away_meanwhile()
    {
        const string WhileAllIsLeft = """
            permit (principal, action, resource);
            forbid (principal, action, resource) when { context.phase == "mint" && context.task.remaining_budget < 100 };
            """;
        Assert.True((await Broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(Delegations.Yaml(), WhileAllIsLeft))).Valid);
        var root = await Agent.RootAsync();
        AsyncUnaryCall<MintResponse> minting;
        AsyncUnaryCall<DelegateTaskResponse> delegating;
        await using (await CatalogHeldAsync())
        {
            minting = Agent.Tokens.MintAsync(Story.Mint(root), Patient);
            await Broker.Database.SomebodyWaitsForALockAsync();
            delegating = Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root), Patient);
            await Broker.Database.SomebodyWaitsForALockAsync(howMany: 2);
        }

        Assert.Equal(4, (await delegating).Task.Budget);
        await Broker.DeniedAsync(Reason.PolicyDenied, minting);
    }

    [Fact]
    public async Task The_last_place_among_the_children_is_not_given_twice()
    {
        Assert.True((await Broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(Delegations.Yaml()
            .Replace("live_tasks: 50,", "live_tasks: 50, children: 1,", StringComparison.Ordinal)))).Valid);
        var root = await Agent.RootAsync();

        Assert.Equal(["approved", nameof(Reason.TooManyChildren)], (await TwoAtOnceAsync(root, _ => { })).Order(StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Tokens_and_children_together_never_come_to_more_than_the_budget()
    {
        var given = 0;
        var minted = 0;
        for (var round = 0; round < 10; round++)
        {
            var root = (await Agent.Tasks.StartTaskAsync(Story.Start().Changed(start => start.Budget = 8))).Task.TaskId;
            var mints = Enumerable.Range(0, 6).Select(_ => SucceedsAsync(Agent.Tokens.MintAsync(Story.Mint(root), Patient), Reason.BudgetSpent)).ToList();
            var children = Enumerable.Range(0, 2).Select(_ => SucceedsAsync(
                Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root).Changed(request => request.Budget = 3), Patient), Reason.BudgetOverParents)).ToList();
            var (tokens, taken) = ((await Task.WhenAll(mints)).Count(done => done), 3 * (await Task.WhenAll(children)).Count(done => done));

            Assert.InRange(tokens + taken, 6, 8);
            Assert.Equal((8 - taken, taken), (await BudgetAsync("id", root), await BudgetAsync("parent_id", root)));
            await Agent.Tasks.EndTaskAsync(Story.End(root));
            (given, minted) = (given + taken, minted + tokens);
        }

        Assert.True(given > 0 && minted > 0, "one of the two never came to pass: this says nothing");
    }

    [Fact]
    public async Task A_delegation_is_decided_by_the_catalog_that_is_in_force_when_it_is_made()
    {
        var root = await Agent.RootAsync();
        AsyncUnaryCall<DelegateTaskResponse> delegating;
        var without = Delegations.Yaml().Replace($"spiffe_id: {Delegations.Helper}", "spiffe_id: spiffe://example.test/gone", StringComparison.Ordinal);
        await using (await Broker.Database.DataSource.HoldAsync(IdOf(root)))
        {
            delegating = Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root), Patient);
            await WaitersAsync(1);
            Assert.True((await Broker.OverSocket().Admin.ApplyCatalogAsync(TestCatalog.Apply(without))).Valid);
        }

        await Broker.DeniedAsync(Reason.UnknownDelegate, delegating);
    }

    // However delegations, acceptances, mints and ends of three levels meet: everybody is answered, and nothing outlives its root.
    [Fact]
    public async Task Nothing_is_left_of_a_tree_that_was_ended_while_it_grew()
    {
        var made = 0;
        for (var round = 0; round < 12; round++)
        {
            var (root, child) = await TreeAsync();
            Task<bool>[] growing =
            [
                GrowAsync(Agent, root, Helper), GrowAsync(Helper, child, Second), GrowAsync(Agent, root, Second), GrowAsync(Helper, child, Agent),
            ];
            if (round % 3 > 0) await Task.WhenAny(growing);
            await End(Agent, root);

            Assert.Equal(0L, await LiveAsync());
            made += (await Task.WhenAll(growing)).Count(done => done);
            Assert.Equal(0L, await LiveAsync());
        }

        Assert.InRange(made, 4, 48);
    }

    private static CallOptions Patient => new(deadline: DateTime.MaxValue, cancellationToken: Ct);

    private static DelegateTaskRequest ToSecond(string child) => Delegations.Delegate(child, Delegations.Second).Changed(request => request.Budget = 1);

    private static TaskId IdOf(string task) => TaskId.Of(Guid.Parse(task));

    private static AsyncUnaryCall<EndTaskResponse> End(AgentSession by, string task) => by.Tasks.EndTaskAsync(Story.End(task), Patient);

    private async Task<(string Root, string Child)> TreeAsync()
    {
        var root = await Agent.RootAsync();
        return (root, await Agent.HandAsync(root, Helper));
    }

    private Task<long> LiveAsync() => Broker.Database.ScalarAsync<long>("SELECT count(*) FROM tasks WHERE state < 2");

    private async Task<int> BudgetAsync(string column, string task) =>
        (int)await Broker.Database.ScalarAsync<long>($"SELECT coalesce(sum(budget), 0) FROM tasks WHERE {column} = $1", Guid.Parse(task));

    private Task UntilAsync(string aSession, params object[] arguments) => TestDatabase.UntilAsync(() => ExistsAsync(aSession, arguments));

    private Task<bool> ExistsAsync(string aSession, params object[] arguments) => Broker.Database.ScalarAsync<bool>(
        $"SELECT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = current_database() AND {aSession})", arguments);

    private Task WaitersAsync(int howMany) => TestDatabase.UntilAsync(async () => await Broker.Database.ScalarAsync<long>(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") >= howMany);

    // Both wait for the parent's row: neither has seen what the other does.
    private async Task<IEnumerable<string>> TwoAtOnceAsync(string root, Action<DelegateTaskRequest> change)
    {
        Task<string>[] both;
        await using (await Broker.Database.DataSource.HoldAsync(IdOf(root)))
        {
            both = [OneAsync(), OneAsync()];
            await WaitersAsync(2);
        }

        return (await Task.WhenAll(both)).Order(StringComparer.Ordinal);

        async Task<string> OneAsync()
        {
            try
            {
                await Agent.Tasks.DelegateTaskAsync(Delegations.Delegate(root).Changed(change), Patient);
                return "approved";
            }
            catch (RpcException failure)
            {
                var refusal = BrokerRefusal.Of(failure);
                return refusal.DecisionId is null ? nameof(Reason.TooManyChildren) : await ReasonOfAsync(refusal.DecisionId);
            }
        }
    }

    private static async Task<bool> GrowAsync(AgentSession from, string parent, AgentSession to)
    {
        try
        {
            var child = await from.HandAsync(parent, to, request => request.Budget = 1);
            await to.Tokens.MintAsync(Story.Mint(child));
            return true;
        }
        catch (RpcException denied) when (denied.StatusCode == StatusCode.PermissionDenied)
        {
            return false;
        }
    }

    // True when it succeeded; denied for any other reason than this, it fails.
    private async Task<bool> SucceedsAsync<T>(AsyncUnaryCall<T> call, Reason orElse)
    {
        try
        {
            await call;
            return true;
        }
        catch (RpcException denied) when (denied.StatusCode == StatusCode.PermissionDenied)
        {
            Assert.Equal(orElse.ToString(), await ReasonOfAsync(BrokerRefusal.Of(denied).DecisionId!));
            return false;
        }
    }

    private async Task<string> ReasonOfAsync(string decision) =>
        (await Broker.Database.ScalarAsync<string>("SELECT payload->>'reason' FROM audit_entries WHERE decision_id = $1", Guid.Parse(decision)))!;

    private async Task<HeldRow> CatalogHeldAsync()
    {
        var connection = await Broker.Database.DataSource.OpenConnectionAsync(Ct);
        var transaction = await connection.BeginTransactionAsync(Ct);
        await using var command = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({Server.Storage.AdvisoryLocks.CatalogHead})", connection, transaction);
        await command.ExecuteNonQueryAsync(Ct);
        return new(connection, transaction);
    }
}
