using System.Globalization;
using System.Text;

namespace CredBroker.Cli.Output;

/// <summary>
/// Text from others, made harmless for a terminal: an agent chooses its intent, and must not be able to move the cursor of the
/// administrator who lists it, or to reorder what that administrator reads.
/// </summary>
internal static class Printable
{
    /// <summary>The text with control, format and separator characters, and broken surrogates, written as <c>\u{…}</c>.</summary>
    public static string Of(string? text)
    {
        if (text is null) return "";
        var printable = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsHarmless(rune)) printable.Append(rune);
            else printable.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
        }

        return printable.ToString();
    }

    // EnumerateRunes puts U+FFFD in place of a broken surrogate; it is harmless.
    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate);
}
