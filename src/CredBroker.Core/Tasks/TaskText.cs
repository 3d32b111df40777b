using System.Text;

namespace CredBroker.Core.Tasks;

/// <summary>What the texts of a task may hold: they are stored, and shown to people in terminals and browsers.</summary>
internal static class TaskText
{
    /// <summary>
    /// Why the text is refused, or null. Well-formed UTF-16 of 1 to so many bytes of UTF-8, with no control characters but tab and line
    /// ends: PostgreSQL stores no U+0000, and an escape character would speak to the terminal of whoever reads it.
    /// </summary>
    public static Refusal? Refuse(string field, string text, int maxBytes)
    {
        if (text.Length == 0) return new(Reason.FieldMissing, field);
        // Each UTF-16 unit is at least one byte: no need to count a text that is longer by units already.
        if (text.Length > maxBytes || Encoding.UTF8.GetByteCount(text) > maxBytes)
            return new(Reason.FieldTooLong, field, $"at most {maxBytes} bytes of UTF-8");
        return IsClean(text) ? null : new(Reason.FieldMalformed, field, "control character, or half a surrogate pair");
    }

    private static bool IsClean(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var used) != System.Buffers.OperationStatus.Done) return false;
            if (Rune.IsControl(rune) && rune.Value is not ('\t' or '\n' or '\r')) return false;
            text = text[used..];
        }

        return true;
    }
}
