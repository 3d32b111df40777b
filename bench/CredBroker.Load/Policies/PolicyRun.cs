using System.Globalization;
using System.Text;

namespace CredBroker.Load.Policies;

/// <summary>The Cedar engine by itself, in one thread: loading first, of which the first time is what a start of the broker sees, then decisions.</summary>
internal static class PolicyRun
{
    private const int LoadRounds = 10;
    private const int DecisionRounds = 15;

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
            uncompiled. {LoadingCell.Policies:N0} policies are {loading.Length:N0} characters in four forms, over a schema of two actions. A decision is for
            one of {DecisionCell.Users:N0} users and documents, each time another; exactly one policy meets it, and its condition is evaluated. The floor of a
            decision is three look-ups of texts like `User::"user7"` in a dictionary of the platform.

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
        Rounds[] decisions = [DecisionCell.Of(1), DecisionCell.Of(1_000), DecisionCell.Of(100_000)];
        foreach (var each in decisions.Prepend(floor)) each.WarmUp(s_warmUp);
        Measure(DecisionRounds, [floor, .. decisions]);
        rows.AppendLine(floor.Row("ns"));
        foreach (var each in decisions) rows.AppendLine(each.Row("ns", floor, "1,000 ns, 0 bytes"));
        rows.AppendLine(CultureInfo.InvariantCulture,
            $"| slowest of these by the fastest | {decisions.Max(each => each.Calmest) / decisions.Min(each => each.Calmest):0.00} x | | | | | 2 x |");
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
