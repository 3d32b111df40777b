namespace CredBroker.Cedar.Extensions;

/// <summary>ASCII digits, and nothing else: no signs, spaces or separators, and no digits of other scripts.</summary>
internal static class Digits
{
    internal static bool TakeMinus(ref ReadOnlySpan<char> text)
    {
        if (!text.StartsWith('-')) return false;
        text = text[1..];
        return true;
    }

    /// <summary>A small number, of at most nine digits.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        if (text.Length is 0 or > 9) return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) return false;
            value = (value * 10) + (c - '0');
        }

        return true;
    }

    /// <summary>The opposite of a number, so that the least value of 64 bits can be read too.</summary>
    internal static bool TryParseNegative(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c) || !Checked.TryMultiply(value, 10, out value) || !Checked.TrySubtract(value, c - '0', out value)) return false;
        }

        return !text.IsEmpty;
    }
}
