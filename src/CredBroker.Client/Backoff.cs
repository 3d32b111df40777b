using System.Security.Cryptography;

namespace CredBroker.Client;

/// <summary>How long to wait before a try is repeated: exponential with full jitter, so that a fleet does not come back in step.</summary>
internal static class Backoff
{
    /// <summary>Tries in all, the first included. Four of them bridge a broker's restart (about 2 s) without piling up calls.</summary>
    public const int MaxTries = 4;

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait after so many failed tries, 1 or more: 100 ms, doubled each time, at most 2 s.</summary>
    public static TimeSpan Ceiling(int failed) => TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Clamp(failed - 1, 0, 10)));

    /// <summary>A wait between nothing and the ceiling.</summary>
    public static TimeSpan Next(int failed) => TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32((int)Ceiling(failed).TotalMilliseconds + 1));
}
