using System.Globalization;
using System.Text;

namespace CredBroker.Core.Capabilities;

/// <summary>What the string values of parameters may hold: text that is stored, signed and read by people who approve it.</summary>
internal static class ConstraintText
{
    /// <summary>Longest value or prefix, in UTF-16 code units.</summary>
    public const int MaxLength = 256;

    /// <summary>
    /// Well-formed UTF-16 without control characters (PostgreSQL stores no U+0000), line or paragraph separators, or the
    /// bidirectional controls that make a reader see another text than the machine (CVE-2021-42574).
    /// </summary>
    public static bool Fits(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxLength) return false;
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var used) != System.Buffers.OperationStatus.Done) return false;
            if (!IsAllowed(rune)) return false;
            text = text[used..];
        }

        return true;
    }

    private static bool IsAllowed(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        && rune.Value is not ((>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069));
}
