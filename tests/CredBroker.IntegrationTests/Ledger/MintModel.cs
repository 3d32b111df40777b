using CredBroker.Core;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Server.Ledger;

namespace CredBroker.IntegrationTests.Ledger;

/// <summary>What one mint at a time does, in plain words.</summary>
internal sealed class MintModel
{
    private readonly Dictionary<Jti, DecisionId> _tokens = [];

    public required int Catalog { get; init; }

    public Dictionary<TaskId, TaskRow> Tasks { get; } = [];

    /// <param name="ask">What is asked.</param>
    /// <param name="changes">False: only says what would come of it.</param>
    public MintOutcome Mint(MintCommit ask, bool changes)
    {
        if (_tokens.TryGetValue(ask.Jti, out var decision)) return decision == ask.DecisionId ? MintOutcome.Minted : MintOutcome.Duplicate;
        if (!Tasks.TryGetValue(ask.TaskId, out var task) || !task.Live) return MintOutcome.TaskOver;
        var root = Tasks[task.RootId];
        if (ask.HistoryVersion != root.HistoryVersion) return MintOutcome.HistoryChanged;
        if (ask.CatalogVersion != Catalog) return MintOutcome.CatalogChanged;
        if (ask.Kid != TestLedger.Kid) return MintOutcome.KeyRevoked;
        if (task.Spent >= task.Budget) return MintOutcome.BudgetSpent;
        if (!changes) return MintOutcome.Minted;

        _tokens.Add(ask.Jti, ask.DecisionId);
        Tasks[task.Id] = task with { Spent = task.Spent + 1 };
        root = Tasks[task.RootId];
        Tasks[root.Id] = root with
        {
            History = [.. root.History.Union(ask.Grows!)], HistoryVersion = root.HistoryVersion + (Moves(ask) ? 1 : 0),
            Granted = root.Granted with { Writes = root.Granted.Writes + 1, ByTool = root.Granted.ByTool.SetItem("mail", root.Granted.Of("mail") + 1) },
        };

        return MintOutcome.Minted;
    }

    /// <summary>Whether a mint moves the version of its tree's history.</summary>
    public static bool Moves(MintCommit ask) => ask.Grows!.Count > 0 || ask.IsSerial;

    /// <summary>Whether a batch may answer "decide again" or nothing where one mint at a time need not: it then met a rival in it.</summary>
    public bool MayBeAskedToDecideAgain(MintCommit[] batch, MintCommit ask) => batch.Any(other =>
        other != ask && other.RootId == ask.RootId
        && (Moves(other) || _tokens.ContainsKey(other.Jti) || batch.Any(twin => twin != other && twin.Jti == other.Jti)));

    /// <summary>The tables hold what the model holds.</summary>
    public async Task SameAsync(TestLedger ledger)
    {
        foreach (var task in Tasks.Values)
        {
            var row = (await ledger.Tasks.ReadAsync(task.Id, TestLedger.Ct))!;
            var root = Tasks[task.RootId];
            Assert.Equal((task.Spent, root.HistoryVersion, task.Live), (row.Spent, row.HistoryVersion, row.Live));
            Assert.Equal(root.History.Order(), row.History.Order());
            Assert.Equal((root.Granted.Reads, root.Granted.Writes, root.Granted.Privileged), (row.Granted.Reads, row.Granted.Writes, row.Granted.Privileged));
            Assert.Equal(root.Granted.ByTool, row.Granted.ByTool);
        }

        foreach (var (jti, decision) in _tokens) Assert.Equal(decision, (await ledger.Tokens.ReadAsync(jti, TestLedger.Ct))!.DecisionId);
        var ids = Tasks.Keys.Select(id => id.Value).ToArray();
        Assert.Equal(_tokens.Count, await ledger.ScalarAsync<long>("SELECT count(*) FROM tokens WHERE task_id = ANY($1)", ids));
        Assert.Equal(_tokens.Count, await ledger.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE kind = 1 AND task_id = ANY($1)", ids));
    }
}
