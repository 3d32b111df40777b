using System.Globalization;

namespace CredBroker.Server.Storage;

/// <summary>How much time one partition holds.</summary>
internal enum PartitionPeriod
{
    /// <summary>A day, UTC.</summary>
    Day,

    /// <summary>A calendar month, UTC.</summary>
    Month,
}

/// <summary>A table whose rows lie by the time of their UUID, and the arithmetic of its partitions. No I/O.</summary>
/// <param name="Name">The parent table; a partition is named after it and its first day.</param>
/// <param name="Period">What one partition holds.</param>
internal sealed record PartitionedTable(string Name, PartitionPeriod Period)
{
    /// <summary>Partitions that are made ahead of the present one.</summary>
    public const int Ahead = 3;

    /// <summary>With fewer a broker is not ready: it still works, but somebody should look before it does not.</summary>
    public const int AheadWhenReady = 2;

    /// <summary>How far behind ours the clock of another replica may be when it draws an id.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromHours(1);

    /// <summary>All of them. Few partitions each: a prepared statement locks every one at every execution.</summary>
    public static IReadOnlyList<PartitionedTable> All { get; } =
    [
        new("tokens", PartitionPeriod.Day), new("authorizations", PartitionPeriod.Day), new("revocations", PartitionPeriod.Day),
        new("audit_entries", PartitionPeriod.Month),
    ];

    private string Format => Period == PartitionPeriod.Day ? "yyyyMMdd" : "yyyyMM";

    /// <summary>The beginning of the partition that holds a moment.</summary>
    public DateTimeOffset StartOf(DateTimeOffset moment)
    {
        var utc = moment.UtcDateTime;
        return new(utc.Year, utc.Month, Period == PartitionPeriod.Day ? utc.Day : 1, 0, 0, 0, TimeSpan.Zero);
    }

    /// <summary>The end of a partition, exclusive: the beginning of the next.</summary>
    public DateTimeOffset EndOf(DateTimeOffset start) => Period == PartitionPeriod.Day ? start.AddDays(1) : start.AddMonths(1);

    /// <summary>The beginnings of the partitions that must exist at a moment.</summary>
    public IEnumerable<DateTimeOffset> WantedAt(DateTimeOffset now)
    {
        var present = StartOf(now);
        var ahead = 0;
        for (var start = StartOf(now - Lag); ahead <= Ahead; start = EndOf(start))
        {
            yield return start;
            if (start >= present) ahead++;
        }
    }

    /// <summary>The beginnings of the partitions without which a broker is not ready: the present one, and two to come.</summary>
    public IEnumerable<DateTimeOffset> NeededAt(DateTimeOffset now) =>
        WantedAt(now).Where(s => s >= StartOf(now)).Take(1 + AheadWhenReady);

    /// <summary>The name of a partition.</summary>
    public string NameOf(DateTimeOffset start) => $"{Name}_{start.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture)}";

    /// <summary>Reads <see cref="NameOf"/> back; false for any other table.</summary>
    public bool TryParse(string partition, out DateTimeOffset start)
    {
        start = default;
        return partition.Length == Name.Length + 1 + Format.Length
            && partition.StartsWith(Name, StringComparison.Ordinal) && partition[Name.Length] == '_'
            && DateTimeOffset.TryParseExact(partition.AsSpan(Name.Length + 1), Format, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out start);
    }

    /// <summary>Everything in the partition is older than the retention; never, when there is none.</summary>
    public bool IsDue(DateTimeOffset start, TimeSpan? retention, DateTimeOffset now) => retention is { } kept && EndOf(start) <= now - kept;
}
