using System.Globalization;
using System.Text;

namespace CredBroker.Load.Policies;

/// <summary>Policies by themselves, in one thread: loading first, of which the first time is what a start of the broker sees, then decisions.</summary>
internal static class PolicyRun
{
    private const int LoadRounds = 10;
    private const int DecisionRounds = 15;

    private static readonly int[] s_sizes = [1, 1_000, 100_000];

    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(2);

    public static async Task<int> AllAsync(string results, string commit)
    {
        var loadBefore = Machine.Load();
        var rows = new StringBuilder("| what | calmest | median | slowest | bytes | ratio to its floor | aim |\n|---|--:|--:|--:|--:|--:|--:|\n");
        var loading = MeasureLoading(rows);
        MeasureDecisions(rows);

        var now = TimeProvider.System.GetUtcNow();
        var text = string.Create(CultureInfo.InvariantCulture, $"""
            # Policies, {now:yyyy-MM-dd HH:mm} UTC

            {string.Join('\n', Machine.Basics(commit).Select(fact => $"- {fact.Name}: {fact.Value}"))}
            - rounds: {LoadRounds} of one load each; {DecisionRounds} of 200,000 decisions each, all rows by turns, each warmed up for {s_warmUp.TotalSeconds} s
            - load average: {loadBefore} before, {Machine.Load()} after (1, 5 and 15 minutes)

            {rows}
            Times and bytes are for one decision, or for one load; one thread. The slowest load is the first in its process, with everything
            uncompiled. {LoadingCell.Policies:N0} policies are {loading.Length:N0} characters in four forms, over a schema of two actions. Exactly one policy
            meets a request, and its condition is evaluated: the same each time, or each time another of {DecisionCell.Users:N0}, unless there is only
            one, so that what costs more there is looking for things in memory that is in no cache. The floor of a decision is three look-ups of
            texts like `User::"user7"`, by turns, in a dictionary of the platform. The broker's decision makes its context of the facts, asks, and
            makes the record for the audit: of {BenchCatalog.ManyPolicies:N0} policies four look at the request.

            """);
        var file = Path.Combine(Directory.CreateDirectory(results).FullName, string.Create(CultureInfo.InvariantCulture, $"{now:yyyy-MM-dd}-cedar-{Environment.MachineName}.md"));
        await File.WriteAllTextAsync(file, text);
        Console.WriteLine($"{text}\nstored in {file}");
        return 0;
    }

    private static LoadingCell MeasureLoading(StringBuilder rows)
    {
        var cell = new LoadingCell();
        Measure(LoadRounds, [cell.Load]);
        var (compiling, floor) = (cell.Compiling(), cell.Floor());
        Measure(LoadRounds, [cell.Parsing, compiling, floor]);
        rows.AppendLine(floor.Row("ms")).AppendLine(cell.Load.Row("ms", floor, "2,000 ms")).AppendLine(cell.Parsing.Row("ms", floor)).AppendLine(compiling.Row("ms", floor));
        return cell;
    }

    private static void MeasureDecisions(StringBuilder rows)
    {
        var floor = DecisionCell.Floor();
        Rounds[][] groups = [[.. s_sizes.Select(size => DecisionCell.Of(size, 1))], [.. s_sizes.Select(size => DecisionCell.Of(size, DecisionCell.Users))]];
        Rounds[] all = [floor, .. groups.SelectMany(group => group)];
        var judging = JudgingCell.Rounds();
        all = [.. all, judging];
        foreach (var each in all) each.WarmUp(s_warmUp);
        Measure(DecisionRounds, all);
        rows.AppendLine(floor.Row("ns"));
        foreach (var group in groups)
        {
            foreach (var each in group) rows.AppendLine(each.Row("ns", floor, "1,000 ns, 0 bytes"));
            rows.AppendLine(CultureInfo.InvariantCulture,
                $"| slowest of these {group.Length} by the fastest | {group.Max(each => each.Calmest) / group.Min(each => each.Calmest):0.00} x | | | | | 2 x |");
        }

        rows.AppendLine(judging.Row("ns", floor, "20,000 ns, 4,096 bytes"));
    }

    /// <summary>By turns, so that what disturbs the machine disturbs all alike.</summary>
    private static void Measure(int rounds, Rounds[] all)
    {
        for (var i = 0; i < rounds; i++)
        {
            foreach (var each in all)
            {
                GC.Collect();
                each.Measure();
            }
        }
    }
}
