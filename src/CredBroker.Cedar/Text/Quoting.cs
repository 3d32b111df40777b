using System.Globalization;
using System.Text;

namespace CredBroker.Cedar.Text;

/// <summary>Shows text from an input inside a message, so that it can neither flood nor forge the line it stands in.</summary>
internal static class Quoting
{
    private const int MaxShown = 60;

    /// <summary>In backquotes: how messages show pieces of Cedar.</summary>
    internal static string Code(ReadOnlySpan<char> text)
    {
        var shown = new StringBuilder("`");
        foreach (var c in text[..Math.Min(text.Length, MaxShown)])
        {
            if (IsInvisible(c))
                shown.Append(CultureInfo.InvariantCulture, $"\\u{{{(int)c:x}}}");
            else
                shown.Append(c);
        }

        return shown.Append(text.Length > MaxShown ? "…`" : "`").ToString();
    }

    /// <summary>Character by character, so that columns stay: what cannot be seen becomes a space.</summary>
    internal static string Visible(ReadOnlySpan<char> text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (var c in text)
            shown.Append(IsInvisible(c) && !char.IsSurrogate(c) ? ' ' : c);
        return shown.ToString();
    }

    private static bool IsInvisible(char c) => char.IsControl(c) || char.IsSurrogate(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
