using System.Globalization;

namespace Grpc.Protocol;

/// <summary>The grpc-timeout header: one to eight digits and a unit. Source: grpc/doc/PROTOCOL-HTTP2.md, Timeout.</summary>
internal static class GrpcTimeout
{
    private const int MaxDigits = 8;
    private const long LargestValue = 99_999_999;

    private static readonly (char Unit, long Ticks)[] Units =
    [
        ('u', TimeSpan.TicksPerMicrosecond),
        ('m', TimeSpan.TicksPerMillisecond),
        ('S', TimeSpan.TicksPerSecond),
        ('M', TimeSpan.TicksPerMinute),
        ('H', TimeSpan.TicksPerHour),
    ];

    /// <summary>False for anything but one to eight ASCII digits followed by H, M, S, m, u or n. Nanoseconds round up to ticks.</summary>
    public static bool TryParse(ReadOnlySpan<char> header, out TimeSpan timeout)
    {
        timeout = TimeSpan.Zero;
        if (header.Length is < 2 or > MaxDigits + 1) return false;

        var digits = header[..^1];
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return false;

        if (header[^1] == 'n')
        {
            timeout = TimeSpan.FromTicks((value + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick);
            return true;
        }

        foreach (var (unit, ticks) in Units)
        {
            if (header[^1] != unit) continue;
            timeout = TimeSpan.FromTicks(value * ticks);
            return true;
        }

        return false;
    }

    /// <summary>In the finest unit that fits eight digits, rounded up: the server must not give up before the client does.</summary>
    public static string Format(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero) return "1n";

        if (timeout.Ticks <= LargestValue / TimeSpan.NanosecondsPerTick)
            return string.Create(CultureInfo.InvariantCulture, $"{timeout.Ticks * TimeSpan.NanosecondsPerTick}n");

        foreach (var (unit, ticks) in Units)
        {
            var value = timeout.Ticks / ticks + (timeout.Ticks % ticks == 0 ? 0 : 1);
            if (value <= LargestValue) return string.Create(CultureInfo.InvariantCulture, $"{value}{unit}");
        }

        return "99999999H";
    }
}
