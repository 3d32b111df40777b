using System.Globalization;
using System.Text;

namespace CredBroker.Cedar.Text;

/// <summary>The escapes of Cedar's strings, both ways.</summary>
internal static class StringLiteral
{
    /// <summary>Stands for <c>\*</c> in an unescaped pattern: two first halves of pairs in a row, which no well-formed text has.</summary>
    internal const string LiteralStar = "\ud800\ud800";

    /// <summary>What a string token (with its quotes) says. False, with an error at the escape that is wrong.</summary>
    internal static bool TryUnescape(Token token, ErrorList errors, bool isPattern, out string value)
    {
        var raw = errors.Source.Text.AsSpan(token.Start + 1, token.End - token.Start - 2);
        value = "";
        if (raw.IndexOfAny('\\', '\r') < 0)
        {
            value = raw.ToString();
            return true;
        }

        var unescaped = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length;)
        {
            var length = 1;
            if (raw[i] == '\r' || (raw[i] == '\\' && !TryEscape(raw[i..], isPattern, unescaped, out length)))
            {
                var at = token.Start + 1 + i;
                errors.Add(new(at, at + Math.Max(length, 1)), Problem(raw.Slice(i, Math.Max(length, 1))), isPattern ? KnownInPatterns : Known);
                return false;
            }

            if (raw[i] != '\\') unescaped.Append(raw[i]);
            i += length;
        }

        value = unescaped.ToString();
        return true;
    }

    /// <summary>The text between quotes, so that it reads back to the same and shows what it has.</summary>
    internal static void AppendQuoted(StringBuilder output, ReadOnlySpan<char> text)
    {
        output.Append('"');
        AppendEscaped(output, text);
        output.Append('"');
    }

    /// <summary>The text as it stands between quotes.</summary>
    internal static void AppendEscaped(StringBuilder output, ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            var escape = c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\0' => "\\0",
                _ => null,
            };
            if (escape is not null)
                output.Append(escape);
            else if (char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                output.Append(CultureInfo.InvariantCulture, $"\\u{{{(int)c:x}}}");
            else
                output.Append(c);
        }
    }

    private const string Known = "`\\\"`, `\\\\`, `\\n`, `\\r`, `\\t`, `\\0`, `\\'`, `\\x00` to `\\x7F` or `\\u{…}`";
    private const string KnownInPatterns = Known + ", or `\\*` for a star";

    private static string Problem(ReadOnlySpan<char> piece) =>
        piece is "\r" ? "a carriage return must be written as an escape" : $"{Quoting.Code(piece)} is not an escape";

    /// <summary>Appends what the escape at the start stands for; <paramref name="length"/> is what it takes, or what to show of it.</summary>
    private static bool TryEscape(ReadOnlySpan<char> raw, bool isPattern, StringBuilder output, out int length)
    {
        length = Math.Min(2, raw.Length);
        if (raw.Length < 2) return false;
        char? simple = raw[1] switch
        {
            '"' => '"',
            '\\' => '\\',
            '\'' => '\'',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '0' => '\0',
            _ => null,
        };
        if (simple is { } c)
        {
            output.Append(c);
            return true;
        }

        if (isPattern && raw[1] == '*')
        {
            output.Append(LiteralStar);
            return true;
        }

        return raw[1] switch
        {
            'x' => TryHex(raw, output, out length),
            'u' => TryUnicode(raw, output, out length),
            _ => false,
        };
    }

    private static bool TryHex(ReadOnlySpan<char> raw, StringBuilder output, out int length)
    {
        length = Math.Min(4, raw.Length);
        if (raw.Length < 4 || !char.IsAsciiHexDigit(raw[2]) || !char.IsAsciiHexDigit(raw[3])) return false;
        var code = int.Parse(raw.Slice(2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (code > 0x7f) return false;
        output.Append((char)code);
        return true;
    }

    private static bool TryUnicode(ReadOnlySpan<char> raw, StringBuilder output, out int length)
    {
        var close = raw.IndexOf('}');
        length = close < 0 ? Math.Min(3, raw.Length) : close + 1;
        if (close < 4 || raw[2] != '{' || raw[3] == '_') return false;
        var (code, digits) = (0, 0);
        foreach (var c in raw[3..close])
        {
            if (c == '_') continue;
            if (!char.IsAsciiHexDigit(c) || ++digits > 6) return false;
            code = (code << 4) + Convert.ToInt32(c.ToString(), 16);
        }

        if (!Rune.IsValid(code)) return false;
        output.Append(new Rune(code).ToString());
        return true;
    }
}
