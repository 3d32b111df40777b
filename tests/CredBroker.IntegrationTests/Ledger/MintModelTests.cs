using CredBroker.Core.Tasks;
using CredBroker.Server.Ledger;

namespace CredBroker.IntegrationTests.Ledger;

/// <summary>Batches by chance, against a model that knows one mint at a time: a batch must be the same as some order of its asks.</summary>
public sealed class MintModelTests(Postgres postgres)
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public async Task A_batch_is_the_same_as_its_asks_one_after_the_other(uint seed, bool patient)
    {
        await using var ledger = await TestLedger.StartAsync(postgres);
        var dice = new Dice(seed);
        var seen = new HashSet<MintOutcome?>();
        for (var round = 0; round < 25; round++)
        {
            var model = await ForestAsync(ledger, dice);
            var earlier = new List<MintCommit>();
            for (var batch = 0; batch < 3; batch++)
            {
                var asks = Enumerable.Range(0, 1 + dice.Next(14))
                    .Select(_ => AskOf(model, earlier, dice)).DistinctBy(ask => ask.DecisionId).ToArray();
                var outcomes = await ledger.SendAsync(patient, asks);
                seen.UnionWith(outcomes);

                foreach (var (ask, outcome) in asks.Zip(outcomes).OrderBy(a => PlaceOf(a.First, a.Second)))
                {
                    var twins = asks.Count(other => other.Jti == ask.Jti) > 1;
                    var again = outcome is null || (outcome == MintOutcome.HistoryChanged && MintModel.Moves(ask));
                    if (again && model.MayBeAskedToDecideAgain(asks, ask)) continue;
                    var expected = model.Mint(ask, outcome == MintOutcome.Minted || !twins);
                    Assert.True(outcome == expected || (twins && outcome != MintOutcome.Minted),
                        $"seed {seed}, round {round}: {outcome} where {expected} was expected");
                }

                earlier.AddRange(asks);
                await model.SameAsync(ledger);
            }
        }

        Assert.Superset(Enum.GetValues<MintOutcome>().Cast<MintOutcome?>().ToHashSet(), seen);
    }

    // The order that the batch stands for: what is refused for what was so before it, those that add nothing, those that add to history,
    // and those whose token was there by then.
    private static int PlaceOf(MintCommit ask, MintOutcome? outcome) => outcome switch
    {
        MintOutcome.TaskOver or MintOutcome.CatalogChanged or MintOutcome.KeyRevoked => 0,
        MintOutcome.Duplicate => 3,
        _ => MintModel.Moves(ask) ? 2 : 1,
    };

    // Two trees of up to four tasks, some of them not live.
    private static async Task<MintModel> ForestAsync(TestLedger ledger, Dice dice)
    {
        var model = new MintModel { Catalog = await ledger.ScalarAsync<int>("UPDATE catalog_head SET version = version + 1 RETURNING version") };
        for (var tree = 0; tree < 2; tree++)
        {
            var tasks = new List<TaskId> { await ledger.StartTaskAsync(budget: dice.Next(12)) };
            for (var child = dice.Next(4); child > 0; child--) tasks.Add(await ledger.StartTaskAsync(tasks[dice.Next(tasks.Count)], dice.Next(12)));
            if (dice.Next(4) == 0)
                await ledger.ExecuteAsync("UPDATE tasks SET heartbeat_due = now() WHERE id = $1", tasks[dice.Next(tasks.Count)].Value);
            if (dice.Next(4) == 0) await ledger.EndAsync(EndCause.Completed, tasks[dice.Next(tasks.Count)]);
            foreach (var task in tasks) model.Tasks.Add(task, (await ledger.Tasks.ReadAsync(task, TestLedger.Ct))!);
        }

        return model;
    }

    private static MintCommit AskOf(MintModel model, List<MintCommit> earlier, Dice dice)
    {
        if (earlier.Count > 0 && dice.Next(5) == 0)
        {
            var old = earlier[dice.Next(earlier.Count)];
            return dice.Next(2) == 0 ? old : TestLedger.AgainBy(old);
        }

        var row = model.Tasks.Values.ElementAt(dice.Next(model.Tasks.Count));
        var history = model.Tasks[row.RootId].HistoryVersion;
        var ask = TestLedger.Ask(row, model.Catalog, null, dice.Next(6) == 0 ? [$"label:{dice.Next(3)}"] : []) with { HistoryVersion = history };
        if (dice.Next(6) == 0) ask = ask with { IsSerial = true };
        if (dice.Next(8) == 0) ask = ask with { HistoryVersion = history - 1 };
        if (dice.Next(8) == 0) ask = ask with { CatalogVersion = model.Catalog - 1 };
        if (dice.Next(12) == 0) ask = ask with { Kid = "revoked" };
        if (dice.Next(20) == 0) ask = ask with { TaskId = TaskId.New(TestLedger.Now) };
        earlier.Add(ask);
        return ask;
    }

    /// <summary>Chance that can be repeated: a linear congruential generator, Knuth's MMIX constants.</summary>
    private sealed class Dice(uint seed)
    {
        private ulong _state = seed;

        public int Next(int below)
        {
            _state = unchecked((_state * 6364136223846793005UL) + 1442695040888963407UL);
            return (int)((_state >> 33) % (uint)below);
        }
    }
}
