using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Extensions;

/// <summary>The functions of <c>duration</c>: what is left over is cut off, toward zero.</summary>
internal static class DurationFunctions
{
    internal static ExtensionFunction[] Rows { get; } =
    [
        ExtensionFunctions.Constructor<CedarDuration>("duration", ValueKind.Duration, CedarDuration.TryParse, CedarValue.Of,
            "a length of time such as 1d2h30m"),
        Conversion("toMilliseconds", 1),
        Conversion("toSeconds", CedarDuration.PerSecond),
        Conversion("toMinutes", CedarDuration.PerMinute),
        Conversion("toHours", CedarDuration.PerHour),
        Conversion("toDays", CedarDuration.PerDay),
    ];

    private static ExtensionFunction Conversion(string name, long milliseconds) =>
        ExtensionFunctions.Method(name, [ValueKind.Duration], ValueKind.Long, (first, _) =>
        {
            first.TryGet(out CedarDuration length);
            return CedarValue.Of(length.Milliseconds / milliseconds);
        });
}
