using System.Globalization;
using System.Text;

namespace CredBroker.Core.Catalog;

/// <summary>Shows text from a file inside a message, so that it can neither flood nor forge the line it stands in.</summary>
internal static class Quoting
{
    private const int MaxShown = 60;

    internal static string Quote(string text)
    {
        var shown = new StringBuilder("\"");
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MaxShown)))
        {
            if (c is '"' or '\\')
                shown.Append('\\').Append(c);
            else if (char.IsControl(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or
                     UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                shown.Append(c);
        }
        return shown.Append(text.Length > MaxShown ? "…\"" : "\"").ToString();
    }
}
