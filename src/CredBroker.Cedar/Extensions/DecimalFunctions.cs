using CredBroker.Cedar.Values;

namespace CredBroker.Cedar.Extensions;

/// <summary>The functions of <c>decimal</c>; the signs <c>&lt;</c> and so on are not defined for it.</summary>
internal static class DecimalFunctions
{
    internal static ExtensionFunction[] Rows { get; } =
    [
        ExtensionFunctions.Constructor<CedarDecimal>("decimal", ValueKind.Decimal, CedarDecimal.TryParse, CedarValue.Of,
            "a decimal number with one to four places after the point"),
        Comparison("lessThan", (left, right) => left < right),
        Comparison("lessThanOrEqual", (left, right) => left <= right),
        Comparison("greaterThan", (left, right) => left > right),
        Comparison("greaterThanOrEqual", (left, right) => left >= right),
    ];

    private static ExtensionFunction Comparison(string name, Func<long, long, bool> compare) =>
        ExtensionFunctions.Method(name, [ValueKind.Decimal, ValueKind.Decimal], ValueKind.Bool, (first, second) =>
        {
            first.TryGet(out CedarDecimal left);
            second.TryGet(out CedarDecimal right);
            return CedarValue.Of(compare(left.Units, right.Units));
        });
}
