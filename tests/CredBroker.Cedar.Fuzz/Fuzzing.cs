using System.Diagnostics;
using System.Globalization;
using CredBroker.Cedar.Fuzz.Cases;
using CredBroker.Cedar.Fuzz.Comparison;
using CredBroker.Cedar.Fuzz.Shrinking;

namespace CredBroker.Cedar.Fuzz;

/// <summary>A run: cases from seeds, until there were enough of them, or a few differences.</summary>
/// <param name="options">How much.</param>
/// <param name="say">Where progress and differences go.</param>
internal sealed class Fuzzing(Options options, Action<string> say)
{
    private const int MaxDifferences = 5;
    private const int CasesPerDriver = 16;

    private static readonly TimeSpan s_betweenLines = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly Totals _totals = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _lastLine = Stopwatch.GetTimestamp();
    private long _number;

    public async Task<Totals> RunAsync()
    {
        if (options.Case is { } only)
            await WorkAsync(() => Interlocked.Increment(ref _number) == 1 ? only : null);
        else
            await Task.WhenAll(Enumerable.Range(0, options.Workers).Select(_ => WorkAsync(Next)));
        return _totals;
    }

    /// <summary>The seed of another case; null when there were enough.</summary>
    private ulong? Next()
    {
        lock (_lock)
        {
            var isEnough = _totals.Decided >= options.Authorizations && _totals.Validations >= options.Validations || Stopwatch.GetElapsedTime(_start) > options.Time;
            return isEnough || _totals.Differences >= MaxDifferences ? null : Dice.SeedOf(options.Seed, (ulong)_number++);
        }
    }

    private async Task WorkAsync(Func<ulong?> next)
    {
        using var official = OfficialBuild.Start();
        using var driver = new LineProcess(Path.Combine(AppContext.BaseDirectory, "cedar-driver"));
        var inProcess = new InProcess();
        for (var i = 1; next() is { } seed; i++)
        {
            var examiner = new Examiner(official, i % CasesPerDriver == 0 ? driver : inProcess);
            var asked = CaseMaker.Make(seed);
            var seen = new Totals();
            var differences = await examiner.ExamineAsync(asked, seen);
            if (seen.Deaths > 0) Say($"the official build died over case {seed}");
            if (differences.Count > 0)
            {
                seen.Differences = 1;
                await ReportAsync(seed, asked, differences[0], examiner);
            }

            Add(seen);
        }
    }

    private void Say(string line)
    {
        lock (_lock) say(line);
    }

    private void Add(Totals seen)
    {
        lock (_lock)
        {
            _totals.Add(seen);
            if (Stopwatch.GetElapsedTime(_lastLine) < s_betweenLines) return;
            _lastLine = Stopwatch.GetTimestamp();
            say(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(_start).TotalSeconds:N0} s: {_totals}"));
        }
    }

    /// <summary>The smallest case found that differs in the same kind of question.</summary>
    private async Task ReportAsync(ulong seed, JsonTree asked, Difference difference, Examiner examiner)
    {
        async Task<Difference?> FindAsync(JsonTree smaller) =>
            (await examiner.ExamineAsync(smaller, new Totals())).FirstOrDefault(other => other.Question.Kind == difference.Question.Kind);

        var small = await new Shrinker(async smaller => await FindAsync(smaller) is not null).ShrinkAsync(asked);
        var shown = await FindAsync(small) ?? difference;
        Say($"""
            DIFFERENCE in case {seed} ({shown.Question.Kind})
              case      {small}
              asked     {shown.Question.Official}{(shown.Question.Ours == shown.Question.Official ? "" : $"\n  and ours  {shown.Question.Ours}")}
              official  {shown.Official}
              ours      {shown.Ours}
            """);
    }
}
