using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace CredBroker.Cedar.Extensions;

/// <summary>A moment, to the millisecond. Its text reaches from year 0 to 9999; by arithmetic it may be any.</summary>
/// <param name="UnixMilliseconds">Milliseconds since 1970-01-01T00:00:00Z.</param>
public readonly record struct CedarDatetime(long UnixMilliseconds)
{
    private const string Earliest = "0000-01-01";

    /// <summary>
    /// The only door for text: <c>2026-11-20</c>, <c>2026-11-20T08:30:00Z</c>, <c>2026-11-20T08:30:00.250+0100</c>. The day must exist
    /// in the Gregorian calendar, which is taken to have held always; there are no leap seconds and no hour 24.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CedarDatetime value)
    {
        value = default;
        var rest = text.AsSpan();
        if (!TryTakeDay(ref rest, out var day)) return false;
        var milliseconds = day * CedarDuration.PerDay;
        if (!rest.IsEmpty)
        {
            if (!TryTakeTime(ref rest, out var time) || !TryTakeOffset(rest, out var offset)) return false;
            milliseconds += time - offset;
        }

        value = new(milliseconds);
        return true;
    }

    /// <summary>Midnight (UTC) of its day; false when that is before the earliest moment.</summary>
    public bool TryGetDate(out CedarDatetime date)
    {
        var fits = Checked.TrySubtract(UnixMilliseconds, TimeOfDay.Milliseconds, out var start);
        date = new(fits ? start : 0);
        return fits;
    }

    /// <summary>What has passed of its day (UTC): never negative, less than a day.</summary>
    public CedarDuration TimeOfDay
    {
        get
        {
            var rest = UnixMilliseconds % CedarDuration.PerDay;
            return new(rest < 0 ? rest + CedarDuration.PerDay : rest);
        }
    }

    /// <summary>As it can be parsed, when it is within the years 0 to 9999; else the number of milliseconds.</summary>
    public override string ToString()
    {
        var (days, time) = (Math.DivRem(UnixMilliseconds - TimeOfDayOrZero(), CedarDuration.PerDay).Quotient, TimeOfDay.Milliseconds);
        if (!Calendar.TryGetDate(days, out var year, out var month, out var day))
            return string.Create(CultureInfo.InvariantCulture, $"{UnixMilliseconds}ms from 1970-01-01T00:00:00Z");
        var (hour, minute) = (time / CedarDuration.PerHour, time / CedarDuration.PerMinute % 60);
        var (second, millisecond) = (time / CedarDuration.PerSecond % 60, time % CedarDuration.PerSecond);
        return string.Create(CultureInfo.InvariantCulture, $"{year:d4}-{month:d2}-{day:d2}T{hour:d2}:{minute:d2}:{second:d2}.{millisecond:d3}Z");
    }

    // Near the earliest moment there is no midnight before; such a moment is far outside the years that have a text.
    private long TimeOfDayOrZero() => TryGetDate(out _) ? TimeOfDay.Milliseconds : 0;

    private static bool TryTakeDay(ref ReadOnlySpan<char> rest, out long day)
    {
        day = 0;
        if (rest.Length < Earliest.Length || rest[4] != '-' || rest[7] != '-') return false;
        if (!Digits.TryParse(rest[..4], out var year) || !Digits.TryParse(rest.Slice(5, 2), out var month) || !Digits.TryParse(rest.Slice(8, 2), out var date))
            return false;
        rest = rest[Earliest.Length..];
        return Calendar.TryGetDay(year, month, date, out day);
    }

    private static bool TryTakeTime(ref ReadOnlySpan<char> rest, out long time)
    {
        time = 0;
        if (rest.Length < 9 || rest[0] != 'T' || rest[3] != ':' || rest[6] != ':') return false;
        if (!Digits.TryParse(rest.Slice(1, 2), out var hour) || !Digits.TryParse(rest.Slice(4, 2), out var minute) || !Digits.TryParse(rest.Slice(7, 2), out var second))
            return false;
        if (hour > 23 || minute > 59 || second > 59) return false;
        rest = rest[9..];
        var millisecond = 0;
        if (rest.StartsWith('.'))
        {
            if (rest.Length < 4 || !Digits.TryParse(rest.Slice(1, 3), out millisecond)) return false;
            rest = rest[4..];
        }

        time = (hour * CedarDuration.PerHour) + (minute * CedarDuration.PerMinute) + (second * CedarDuration.PerSecond) + millisecond;
        return true;
    }

    private static bool TryTakeOffset(ReadOnlySpan<char> rest, out long offset)
    {
        offset = 0;
        if (rest is "Z") return true;
        if (rest.Length != 5 || rest[0] is not ('+' or '-')) return false;
        if (!Digits.TryParse(rest[1..3], out var hour) || !Digits.TryParse(rest[3..], out var minute) || hour > 23 || minute > 59) return false;
        offset = (hour * CedarDuration.PerHour) + (minute * CedarDuration.PerMinute);
        if (rest[0] == '-') offset = -offset;
        return true;
    }
}
