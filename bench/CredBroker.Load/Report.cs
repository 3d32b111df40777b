using System.Globalization;
using System.Text;

namespace CredBroker.Load;

/// <summary>The table, as it is printed and stored.</summary>
internal sealed class Report
{
    private readonly StringBuilder _rows = new();
    private readonly StringBuilder _notes = new();

    /// <summary>Adds a row, with its ratio to a floor and the aim for it.</summary>
    public Measurement Add(string what, Measurement measured, (string Name, double PerSecond)? floor = null, double? aim = null)
    {
        var ratio = floor is { } under ? string.Create(CultureInfo.InvariantCulture, $"{measured.PerSecond / under.PerSecond:0.00} x {under.Name}") : "";
        var row = string.Create(CultureInfo.InvariantCulture,
            $"| {what} | {measured.PerSecond:N0} | {Time(measured.P50)} | {Time(measured.P99)} | {ratio} | {(aim is { } least ? $"{least:0.00}" : "")} | {measured.Cpu} | {measured.Seconds:0.0} |");
        _rows.AppendLine(row);
        Console.WriteLine(row);
        return measured;
    }

    /// <summary>Adds what a row has no column for.</summary>
    public void Note(object what)
    {
        _notes.Append(CultureInfo.InvariantCulture, $"{what}\n\n");
        Console.WriteLine(what);
    }

    public string Text(DateTimeOffset at, IEnumerable<(string Name, string Value)> facts)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"# Load, {at:yyyy-MM-dd HH:mm} UTC\n\n");
        foreach (var (name, value) in facts) text.Append(CultureInfo.InvariantCulture, $"- {name}: {value}\n");
        return text.Append("\n| what | per second | p50 us | p99 us | ratio | aim | CPU us per call: server / PostgreSQL / caller | measured s |\n|---|--:|--:|--:|--:|--:|--:|--:|\n").Append(_rows)
            .Append('\n').Append(_notes).Append("""
                Floors: each row stands between two measurements of its floor, and its ratio is to their mean. Echo is 200 bytes over the same gRPC layer, Kestrel settings and client; bare Kestrel answers the same calls without
                routing and without gRPC (body read, a constant frame, trailers); pgbench inserts one row like a token's per
                transaction, prepared, into one plain table of the same cluster. A mint also checks its task, catalog and history, appends to
                the audit trail and signs. "Each once" are tokens that another replica minted and this one has never seen. DPoP callers
                sign a proof for each call, on the same cores. A use that is authorized is a row and an audit entry, after two reads; proofs with it
                are signed by the caller on the same cores too.

                """).ToString();
    }

    private static string Time(double? microseconds) => microseconds is { } us ? us.ToString("N0", CultureInfo.InvariantCulture) : "";
}
