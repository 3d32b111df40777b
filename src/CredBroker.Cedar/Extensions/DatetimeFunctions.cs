using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Extensions;

/// <summary>The functions of <c>datetime</c>. Its signs <c>&lt;</c> and so on are the evaluator's.</summary>
internal static class DatetimeFunctions
{
    internal static ExtensionFunction[] Rows { get; } =
    [
        ExtensionFunctions.Constructor<CedarDatetime>("datetime", ValueKind.Datetime, CedarDatetime.TryParse, CedarValue.Of,
            "a day, or a day and a time such as 2026-11-20T08:30:00Z"),
        ExtensionFunctions.Method("offset", [ValueKind.Datetime, ValueKind.Duration], ValueKind.Datetime, Offset),
        ExtensionFunctions.Method("durationSince", [ValueKind.Datetime, ValueKind.Datetime], ValueKind.Duration, DurationSince),
        ExtensionFunctions.Method("toDate", [ValueKind.Datetime], ValueKind.Datetime, ToDate),
        ExtensionFunctions.Method("toTime", [ValueKind.Datetime], ValueKind.Duration, ToTime),
    ];

    private static CedarValue Offset(CedarValue first, CedarValue second)
    {
        first.TryGet(out CedarDatetime moment);
        second.TryGet(out CedarDuration length);
        return Checked.TryAdd(moment.UnixMilliseconds, length.Milliseconds, out var sum) ? CedarValue.Of(new CedarDatetime(sum)) : default;
    }

    private static CedarValue DurationSince(CedarValue first, CedarValue second)
    {
        first.TryGet(out CedarDatetime later);
        second.TryGet(out CedarDatetime earlier);
        return Checked.TrySubtract(later.UnixMilliseconds, earlier.UnixMilliseconds, out var length) ? CedarValue.Of(new CedarDuration(length)) : default;
    }

    private static CedarValue ToDate(CedarValue first, CedarValue second)
    {
        first.TryGet(out CedarDatetime moment);
        return moment.TryGetDate(out var date) ? CedarValue.Of(date) : default;
    }

    private static CedarValue ToTime(CedarValue first, CedarValue second)
    {
        first.TryGet(out CedarDatetime moment);
        return CedarValue.Of(moment.TimeOfDay);
    }
}
