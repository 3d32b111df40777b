using System.Diagnostics;
using System.Globalization;

namespace CredBroker.Load.Policies;

/// <summary>Something that is done again and again: how long each round took, and what it allocated.</summary>
/// <param name="what">What it is called in the table.</param>
/// <param name="times">How often it is done in one round.</param>
/// <param name="work">Does it so often.</param>
internal sealed class Rounds(string what, int times, Action<int> work)
{
    private readonly List<double> _nanoseconds = [];
    private long _allocated;

    /// <summary>Nanoseconds for each time, in the round that others on the machine disturbed least.</summary>
    public double Calmest => _nanoseconds.Min();

    /// <summary>Without measuring, until what is compiled again for speed has been.</summary>
    public void WarmUp(TimeSpan atLeast)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < atLeast;) work(times);
    }

    public void Measure()
    {
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        work(times);
        _nanoseconds.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / times);
        _allocated += GC.GetAllocatedBytesForCurrentThread() - bytes;
    }

    /// <summary>A row of the table.</summary>
    public string Row(string unit, Rounds? floor = null, string aim = "")
    {
        var scale = unit == "ms" ? 1e6 : 1;
        var sorted = _nanoseconds.Select(ns => ns / scale).Order().ToArray();
        var ratio = floor is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{Calmest / floor.Calmest:0.0} x");
        return string.Create(CultureInfo.InvariantCulture,
            $"| {what} | {sorted[0]:N0} {unit} | {sorted[sorted.Length / 2]:N0} {unit} | {sorted[^1]:N0} {unit} | {_allocated / ((double)times * sorted.Length):N0} | {ratio} | {aim} |");
    }
}
