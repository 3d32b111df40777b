using System.Globalization;

namespace CredBroker.Load;

/// <summary>CPU time that a group of processes used. Unlike a rate it says something on a busy machine too.</summary>
/// <param name="server">The process of the server; null: none.</param>
/// <param name="postmaster">The process of PostgreSQL, whose children count too; null: none.</param>
/// <param name="allocated">Bytes that the server has allocated, if it tells.</param>
internal sealed class CpuMeter(int? server, int? postmaster, Func<long>? allocated = null)
{
    // USER_HZ, which is 100 on every Linux that .NET runs on: proc_pid_stat(5).
    private const int TicksPerSecond = 100;

    /// <summary>None of it is watched.</summary>
    public static CpuMeter None { get; } = new(null, null);

    public CpuTimes Now() => new(
        server is { } process ? Of(process)?.Used : null,
        postmaster is { } parent ? Processes().Sum(id => Of(id) is { } one && (id == parent || one.Parent == parent) ? one.Used : 0) : null,
        Environment.CpuUsage.TotalTime.TotalMicroseconds,
        allocated?.Invoke());

    /// <summary>The postmaster of a data folder.</summary>
    public static int PostmasterOf(string data) => int.Parse(File.ReadLines(Path.Combine(data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    private static IEnumerable<int> Processes() =>
        Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0).Where(id => id > 0);

    private static (int Parent, double Used)? Of(int process)
    {
        try
        {
            // After the name, which may hold anything, in brackets.
            var text = File.ReadAllText($"/proc/{process}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            // utime, stime, and the same of children that ended and were waited for.
            var ticks = fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), ticks * 1e6 / TicksPerSecond);
        }
        catch (IOException)
        {
            return null; // ended meanwhile
        }
    }
}
