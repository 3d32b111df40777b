using System.Globalization;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;

namespace CredBroker.Core.Policies.Explanations;

/// <summary>Changes of what the tree was granted before: one label more or less, or another count.</summary>
internal static class HistoryChanges
{
    internal static IEnumerable<Change> Of(Scene scene, Literals.LiteralsByFact literals) =>
        [.. Data(scene, literals), .. Tools(scene, literals), .. Egress(scene, literals), .. Counts(scene, literals), .. ByTool(scene, literals)];

    private static IEnumerable<Change> Data(Scene scene, Literals.LiteralsByFact literals)
    {
        if (!literals.Reads("context", "task", "history", "data")) yield break;
        foreach (var data in Enum.GetValues<DataClass>())
        {
            var word = PolicyNames.Word(data);
            yield return Label(scene, HistoryLabels.OfData(data), $"context.task.history.data.contains({Changes.Quoted(word)})", $"the history {{0}}contained {word} data");
        }
    }

    // Those that the policies name, those that are there, and the tool that is asked for: the last stands for any.
    private static IEnumerable<Change> Tools(Scene scene, Literals.LiteralsByFact literals)
    {
        string[] path = ["context", "task", "history", "tools"];
        if (!literals.Reads(path)) yield break;
        var named = literals.Of(path).Texts.Where(text => ToolName.TryParse(text, out _)).Select(text => HistoryLabels.ToolPrefix + text);
        var there = scene.Question.Task.History.Where(label => label.StartsWith(HistoryLabels.ToolPrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        foreach (var label in named.Concat(there).Append(HistoryLabels.OfTool(scene.Question.Capability.Tool)).Distinct(StringComparer.Ordinal))
        {
            var tool = label[HistoryLabels.ToolPrefix.Length..];
            yield return Label(scene, label, $"context.task.history.tools.contains({Changes.Quoted(tool)})", $"the history {{0}}contained the tool {tool}");
        }
    }

    private static IEnumerable<Change> Egress(Scene scene, Literals.LiteralsByFact literals)
    {
        if (!literals.Reads("context", "task", "history", "egress")) yield break;
        yield return Label(scene, HistoryLabels.Egress, "context.task.history.egress", "the history {0}contained something that can carry data out");
    }

    private static Change Label(Scene scene, string label, string fact, string words)
    {
        var history = scene.Question.Task.History;
        var isThere = history.Contains(label, StringComparer.Ordinal);
        var other = isThere ? [.. history.Where(one => one != label)] : history.Add(label);
        return new(fact, Changes.Truth(isThere), Changes.Truth(!isThere), "had " + string.Format(CultureInfo.InvariantCulture, words, isThere ? "not " : ""),
            scene.Question with { Task = scene.Question.Task with { History = other } }, scene.Now);
    }

    private static IEnumerable<Change> Counts(Scene scene, Literals.LiteralsByFact literals)
    {
        var granted = scene.Question.Task.Granted;
        return
        [
            .. Count(scene, literals, ["context", "task", "history", "reads"], granted.Reads, "reads", count => granted with { Reads = count }),
            .. Count(scene, literals, ["context", "task", "history", "writes"], granted.Writes, "writes", count => granted with { Writes = count }),
            .. Count(scene, literals, ["context", "task", "history", "privileged"], granted.Privileged, "privileged actions", count => granted with { Privileged = count }),
        ];
    }

    private static IEnumerable<Change> ByTool(Scene scene, Literals.LiteralsByFact literals)
    {
        var granted = scene.Question.Task.Granted;
        return scene.Policies.Use.CountedTools.SelectMany(tool => Count(scene, literals, ["context", "task", "history", "by_tool", tool], granted.Of(tool),
            $"tokens for {tool}", count => granted with { ByTool = granted.ByTool.SetItem(tool, count) }));
    }

    private static IEnumerable<Change> Count(Scene scene, Literals.LiteralsByFact literals, string[] path, int was, string what, Func<int, GrantCounts> with)
    {
        foreach (var number in literals.Of(path).Numbers.Where(number => number is >= 0 and <= int.MaxValue && number != was))
            yield return new(FactPaths.Text(path), Number(was), Number(number), $"had the tree been granted {Number(number)} {what} instead of {Number(was)}",
                scene.Question with { Task = scene.Question.Task with { Granted = with((int)number) } }, scene.Now) { Distance = Math.Abs(number - was) };
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
