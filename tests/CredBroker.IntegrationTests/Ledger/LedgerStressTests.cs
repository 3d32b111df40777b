using System.Collections.Concurrent;
using CredBroker.Core.Tasks;
using CredBroker.Server.Ledger;

namespace CredBroker.IntegrationTests.Ledger;

/// <summary>Everything at once for some seconds, on two replicas; then the tables must agree with the answers and with each other.</summary>
public sealed class LedgerStressTests(Postgres postgres, ITestOutputHelper output)
{
    private const int Callers = 96;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LongestDuration = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Every_promise_holds_while_tasks_start_and_end_histories_grow_and_catalogs_change()
    {
        // The order of commits is what the promises are about, so this cluster keeps their times.
        await using var cluster = await OwnCluster.StartAsync(postgres, "track_commit_timestamp", "on");
        await using var one = await cluster.LedgerAsync(new() { BatchLimit = 64, Patience = TimeSpan.FromSeconds(60) });
        await using var two = one.Beside();
        await one.ExecuteAsync("CREATE TABLE catalog_changes (version int, at timestamptz DEFAULT clock_timestamp())");
        var run = new Run(one);
        for (var i = 0; i < 40; i++) await run.StartTaskAsync(i);

        using var stop = new CancellationTokenSource(LongestDuration);
        await Task.WhenAll([
            run.StopWhenAllIsSeenAsync(stop, Duration),
            .. Enumerable.Range(0, Callers).Select(caller => run.MintAsync(caller % 2 == 0 ? one : two, caller, stop.Token)),
            run.EndAndStartAsync(stop.Token), run.ApplyCatalogsAsync(stop.Token)]);

        output.WriteLine(string.Join(", ", run.Outcomes.OrderBy(o => o.Key).Select(o => $"{o.Key} {o.Value}")));
        await one.ExecuteAsync("ANALYZE");
        foreach (var outcome in Enum.GetValues<MintOutcome>()) Assert.True(run.Outcomes.GetValueOrDefault(outcome) > 0, $"never {outcome}");

        await NoneAsync(one, "tokens that nobody was told of, or told of but not there",
            "SELECT 1 WHERE (SELECT count(*) FROM tokens) <> $1", (long)run.Minted.Count);
        await NoneAsync(one, "answers without their token", """
            SELECT 1 FROM unnest($1) AS told(decision_id) LEFT JOIN tokens t USING (decision_id) WHERE t.jti IS NULL
            """, run.Minted.ToArray());
        await NoneAsync(one, "tokens without exactly one audit entry", """
            SELECT 1 FROM tokens t FULL JOIN (SELECT * FROM audit_entries WHERE kind = 1) a USING (decision_id) WHERE t.jti IS NULL OR a.id IS NULL
              OR a.task_id <> t.task_id GROUP BY t.jti
            UNION ALL SELECT 1 FROM audit_entries WHERE kind = 1 GROUP BY decision_id HAVING count(*) > 1
            """);
        await NoneAsync(one, "tasks whose spent is not the count of their tokens, or over budget", """
            SELECT 1 FROM tasks k LEFT JOIN (SELECT task_id, count(*) AS n FROM tokens GROUP BY 1) t ON t.task_id = k.id
            WHERE k.spent <> coalesce(t.n, 0) OR k.spent > k.budget
            """);
        await NoneAsync(one, "versions of a history that two mints made, or none", """
            SELECT 1 FROM tasks r LEFT JOIN LATERAL (
                SELECT count(*) AS n, count(DISTINCT t.decided_history) AS versions
                FROM tokens t JOIN tasks k ON k.id = t.task_id WHERE k.root_id = r.id AND t.action = 'grow') g ON true
            WHERE r.parent_id IS NULL AND (g.n <> r.history_version OR g.versions <> g.n OR cardinality(r.history) <> g.n)
            """);
        await NoneAsync(one, "histories that are not on a root", """
            SELECT 1 FROM tasks WHERE parent_id IS NOT NULL AND (history <> '{}' OR history_version <> 0)
            """);
        await NoneAsync(one, "tokens minted on a history that had grown", """
            WITH at AS MATERIALIZED (
              SELECT k.root_id, t.decided_history, t.action, t.xmin, pg_xact_commit_timestamp(t.xmin) AS committed
              FROM tokens t JOIN tasks k ON k.id = t.task_id)
            SELECT 1 FROM at t JOIN at g USING (root_id, decided_history) WHERE g.action = 'grow' AND g.xmin <> t.xmin AND t.committed > g.committed
            """);
        await NoneAsync(one, "tokens minted after the end of their task or one above it", """
            SELECT 1 FROM tokens t JOIN tasks k ON k.id = t.task_id JOIN tasks a ON a.id = k.id OR a.id = ANY(k.ancestors)
            WHERE a.state = 2 AND pg_xact_commit_timestamp(t.xmin) > pg_xact_commit_timestamp(a.xmin)
            """);
        await NoneAsync(one, "tokens minted on a catalog that had been replaced", """
            SELECT 1 FROM tokens t JOIN catalog_changes c ON c.version = t.decided_catalog + 1
            WHERE pg_xact_commit_timestamp(t.xmin) > pg_xact_commit_timestamp(c.xmin)
            """);
        await NoneAsync(one, "live tasks below an ended one", """
            SELECT 1 FROM tasks k JOIN tasks a ON a.id = ANY(k.ancestors) WHERE k.state < 2 AND a.state = 2
            """);
        await NoneAsync(one, "ended tasks without exactly one audit entry", """
            SELECT 1 FROM tasks k LEFT JOIN audit_entries e ON e.task_id = k.id AND e.kind = 4
            GROUP BY k.id HAVING count(e.id) <> (k.state = 2)::int
            """);
        foreach (var (jti, task) in run.Tokens)
        {
            var token = await two.Tokens.ReadAsync(jti, TestLedger.Ct);
            Assert.Equal((await one.Tasks.ReadAsync(task, TestLedger.Ct))!.Live, token!.Active);
        }
    }

    private static async Task NoneAsync(TestLedger ledger, string what, string sql, params object[] arguments) =>
        Assert.True(0 == await ledger.ScalarAsync<long>($"SELECT count(*) FROM ({sql}) AS violations", arguments), $"there are {what}");

    private sealed class Run(TestLedger ledger)
    {
        private readonly TaskId[] _tasks = new TaskId[40];
        private readonly ConcurrentQueue<MintCommit> _old = new();
        private int _catalog;

        public ConcurrentDictionary<MintOutcome, int> Outcomes { get; } = new();

        public ConcurrentBag<Guid> Minted { get; } = [];

        public ConcurrentBag<(Core.Tokens.Jti Jti, TaskId Task)> Tokens { get; } = [];

        // Every other one is a root; the others hang below the one before, or below that one's child.
        public async Task StartTaskAsync(int place)
        {
            await using var connection = await ledger.Database.OpenConnectionAsync(TestLedger.Ct);
            await using var transaction = await connection.BeginTransactionAsync(TestLedger.Ct);
            TaskId? parent = place % 4 == 0 ? null : _tasks[place - 1];
            var started = await TestLedger.StartTaskAsync(transaction, parent, budget: BudgetOf(place))
                ?? await TestLedger.StartTaskAsync(transaction, null, budget: BudgetOf(place));
            await transaction.CommitAsync(TestLedger.Ct);
            _tasks[place] = started!.Value;
        }

        public async Task MintAsync(TestLedger replica, int caller, CancellationToken stop)
        {
            // Facts are used again until they are stale, as those of a slow decision would be.
            TaskRow? facts = null;
            for (var turn = 0; !stop.IsCancellationRequested; turn++)
            {
                var dice = unchecked((uint)((caller * 7919) + turn) * 2654435761u) >> 16;
                if (facts is null || dice % 8 == 0) facts = await replica.Tasks.ReadAsync(_tasks[dice % 40], TestLedger.Ct);
                var ask = dice % 20 == 1 && _old.TryDequeue(out var old)
                    ? TestLedger.AgainBy(old) with { HistoryVersion = facts!.HistoryVersion }
                    : New(facts!, dice);

                var outcome = await replica.Mints.CommitAsync(ask, TestLedger.Ct);
                Outcomes.AddOrUpdate(outcome, 1, (_, n) => n + 1);
                if (outcome != MintOutcome.Minted)
                {
                    facts = null;
                    continue;
                }

                Minted.Add(ask.DecisionId.Value);
                if (dice % 4 == 0) _old.Enqueue(ask);
                if (dice % 50 == 0) Tokens.Add((ask.Jti, ask.TaskId));
            }
        }

        public async Task EndAndStartAsync(CancellationToken stop)
        {
            for (var turn = 0; !stop.IsCancellationRequested; turn++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(15), TimeProvider.System, TestLedger.Ct);
                var place = turn * 13 % 40;
                var end = ledger.EndAsync(EndCause.Cancelled, _tasks[place]);
                // At the same time another one starts below it: it must end with it, or not start.
                var start = StartTaskAsync((place + 1) % 40);
                await Task.WhenAll(end, start);
                await StartTaskAsync(place);
            }
        }

        public async Task ApplyCatalogsAsync(CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestLedger.Ct);
                await TestLedger.ApplyCatalogAsync(ledger.Database, "INSERT INTO catalog_changes SELECT version FROM catalog_head");
                Interlocked.Increment(ref _catalog);
            }
        }

        // On a slow machine longer, until each outcome was met.
        public async Task StopWhenAllIsSeenAsync(CancellationTokenSource stop, TimeSpan atLeast)
        {
            await Task.Delay(atLeast, TimeProvider.System, TestLedger.Ct);
            while (!stop.IsCancellationRequested && Outcomes.Count < Enum.GetValues<MintOutcome>().Length)
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestLedger.Ct);
            await stop.CancelAsync();
        }

        private static int BudgetOf(int place) => place % 3 == 0 ? 10 : 1_000;

        private MintCommit New(TaskRow facts, uint dice)
        {
            var grows = dice % 25 == 2;
            var ask = TestLedger.Ask(facts, Volatile.Read(ref _catalog), null, grows ? [$"label:{facts.HistoryVersion}"] : []);
            if (dice % 30 == 3) ask = ask with { Kid = "revoked" };
            return grows ? ask with { Action = "grow" } : ask;
        }
    }
}
