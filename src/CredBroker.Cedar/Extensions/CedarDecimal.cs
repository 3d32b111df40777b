using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace CredBroker.Cedar.Extensions;

/// <summary>A number with four decimal places, from -922337203685477.5808 to 922337203685477.5807.</summary>
/// <param name="Units">The number times ten thousand.</param>
public readonly record struct CedarDecimal(long Units)
{
    private const int Places = 4;
    private const int UnitsPerOne = 10_000;

    /// <summary>The only door for text: digits, a point, one to four digits; a minus may lead. No plus, no spaces, no exponent.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CedarDecimal value)
    {
        value = default;
        var rest = text.AsSpan();
        var isNegative = Digits.TakeMinus(ref rest);
        var point = rest.IndexOf('.');
        if (point < 1) return false;
        var fraction = rest[(point + 1)..];
        if (fraction.Length is 0 or > Places) return false;
        // The sum is made below zero, which reaches one further than above.
        if (!Digits.TryParseNegative(rest[..point], out var ones) || !Digits.TryParseNegative(fraction, out var units)) return false;
        for (var place = fraction.Length; place < Places; place++) units *= 10;
        if (!Checked.TryMultiply(ones, UnitsPerOne, out var total) || !Checked.TryAdd(total, units, out total)) return false;
        if (!isNegative && !Checked.TryNegate(total, out total)) return false;
        value = new(total);
        return true;
    }

    /// <summary>As it can be parsed: always with four places.</summary>
    public override string ToString()
    {
        // Decimal, since the least value has no opposite among the longs.
        var number = (decimal)Units / UnitsPerOne;
        return number.ToString("0.0000", CultureInfo.InvariantCulture);
    }
}
