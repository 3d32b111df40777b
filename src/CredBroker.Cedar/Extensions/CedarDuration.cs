using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace CredBroker.Cedar.Extensions;

/// <summary>A length of time, which may be negative.</summary>
/// <param name="Milliseconds">The length in milliseconds.</param>
public readonly record struct CedarDuration(long Milliseconds)
{
    internal const long PerSecond = 1_000;
    internal const long PerMinute = 60 * PerSecond;
    internal const long PerHour = 60 * PerMinute;
    internal const long PerDay = 24 * PerHour;

    private static readonly (string Unit, long Milliseconds)[] s_units =
        [("d", PerDay), ("h", PerHour), ("m", PerMinute), ("s", PerSecond), ("ms", 1)];

    /// <summary>
    /// The only door for text: numbers with the units <c>d h m s ms</c>, each at most once and in this order, such as <c>1d12h</c>; a
    /// minus may lead.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CedarDuration value)
    {
        value = default;
        var rest = text.AsSpan();
        var isNegative = Digits.TakeMinus(ref rest);
        if (rest.IsEmpty) return false;
        var total = 0L;
        for (var next = 0; !rest.IsEmpty; next++)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits < 1 || !Digits.TryParseNegative(rest[..digits], out var amount)) return false;
            rest = rest[digits..];
            var unit = TakeUnit(ref rest, next);
            if (unit < 0) return false;
            next = unit;
            // All is summed below zero, where the least value is.
            if (!Checked.TryMultiply(amount, s_units[unit].Milliseconds, out var part) || !Checked.TryAdd(total, part, out total)) return false;
        }

        if (!isNegative && !Checked.TryNegate(total, out total)) return false;
        value = new(total);
        return true;
    }

    /// <summary>As it can be parsed: in milliseconds.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Milliseconds}ms");

    /// <summary>Index of the unit at the start, from the first that is still allowed; -1 for none.</summary>
    private static int TakeUnit(ref ReadOnlySpan<char> rest, int from)
    {
        var length = rest.IndexOfAnyInRange('0', '9');
        var word = length < 0 ? rest : rest[..length];
        for (var unit = from; unit < s_units.Length; unit++)
        {
            if (!word.SequenceEqual(s_units[unit].Unit)) continue;
            rest = rest[word.Length..];
            return unit;
        }

        return -1;
    }
}
