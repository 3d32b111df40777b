using System.Globalization;
using CredBroker.Cedar.Extensions;
using CredBroker.Cedar.Values;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Policies.Explanations;

/// <summary>Changes of the task's own facts, and of the moment.</summary>
internal static class TaskChanges
{
    private const int Deepest = 64;
    private static readonly TimeSpan s_oldest = TimeSpan.FromDays(3650);
    private static readonly DateTimeOffset s_earliest = new(1970, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_latest = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal static IEnumerable<Change> Of(Scene scene, Literals.LiteralsByFact literals)
    {
        var task = scene.Question.Task;
        var age = AgeOf(scene);
        return
        [
            .. Number(scene, literals, "depth", task.Above.Length, Deepest, "the task been delegated {0} levels deep instead of {1}", depth => task with
            {
                Above = [.. task.Above.Take(depth), .. Enumerable.Repeat(task.Workload, Math.Max(0, depth - task.Above.Length))],
            }),
            // What is left stays as it is when more was issued.
            .. Number(scene, literals, "issued", task.Spent, int.MaxValue / 2, "the task been issued {0} tokens instead of {1}", spent => task with { Spent = spent, Budget = spent + task.Left }),
            .. Number(scene, literals, "remaining_budget", task.Left, int.MaxValue / 2, "{0} tokens been left of the task's budget instead of {1}", left => task with { Budget = task.Spent + left }),
            .. literals.Of("context", "task", "age").Lengths.Where(length => length >= 0 && length <= s_oldest.TotalMilliseconds && length != age)
                .Select(length => new Change("context.task.age", Length(age), Length(length), $"had the task been {Length(length)} old instead of {Length(age)}",
                    scene.Question with { Task = task with { CreatedAt = scene.Now - TimeSpan.FromMilliseconds(length) } }, scene.Now) { Distance = Math.Abs(length - age) }),
        ];
    }

    /// <summary>The moment, without the task growing older or younger with it.</summary>
    internal static IEnumerable<Change> OfNow(Scene scene, Literals.LiteralsByFact literals)
    {
        var (values, now) = (literals.Of("context", "now"), scene.Now.ToUnixTimeMilliseconds());
        var midnight = now - new CedarDatetime(now).TimeOfDay.Milliseconds;
        var times = values.Lengths.Where(length => length is >= 0 and < 86_400_000).Select(length => midnight + length);
        foreach (var moment in values.Moments.Concat(times).Distinct().Where(moment => moment >= s_earliest.ToUnixTimeMilliseconds() && moment <= s_latest.ToUnixTimeMilliseconds() && moment != now))
        {
            var (at, was, other) = (DateTimeOffset.FromUnixTimeMilliseconds(moment), new CedarDatetime(now).ToString(), new CedarDatetime(moment).ToString());
            var task = scene.Question.Task;
            yield return new("context.now", Literal("datetime", was), Literal("datetime", other), $"had it been {other} instead of {was}",
                scene.Question with { Task = task with { CreatedAt = at - (scene.Now - task.CreatedAt) } }, at) { Distance = Math.Abs(moment - now) };
        }
    }

    private static IEnumerable<Change> Number(Scene scene, Literals.LiteralsByFact literals, string fact, int was, int most, string words, Func<int, TaskFacts> with)
    {
        foreach (var number in literals.Of("context", "task", fact).Numbers.Where(number => number >= 0 && number <= most && number != was))
            yield return new($"context.task.{fact}", Text(was), Text(number), "had " + string.Format(CultureInfo.InvariantCulture, words, number, was),
                scene.Question with { Task = with((int)number) }, scene.Now) { Distance = Math.Abs(number - was) };
    }

    private static long AgeOf(Scene scene) => Math.Max(0, (long)(scene.Now - scene.Question.Task.CreatedAt).TotalMilliseconds);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Literal(string function, string text) => $"{function}({CedarValue.Of(text)})";

    // As a policy writes it, in the largest units: 1h30m.
    private static string Length(long milliseconds)
    {
        var text = "";
        foreach (var (unit, size) in new[] { ("d", 86_400_000L), ("h", 3_600_000L), ("m", 60_000L), ("s", 1_000L), ("ms", 1L) })
        {
            if (milliseconds / size > 0) text += string.Create(CultureInfo.InvariantCulture, $"{milliseconds / size}{unit}");
            milliseconds %= size;
        }

        return text.Length == 0 ? "0s" : text;
    }
}
