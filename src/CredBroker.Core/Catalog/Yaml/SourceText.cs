using System.Buffers;
using System.Globalization;
using System.Text.Unicode;

namespace CredBroker.Core.Catalog.Yaml;

/// <summary>Decodes a file strictly. What passes reads the same to a person, to an editor and to the YAML scanner.</summary>
internal static class SourceText
{
    /// <summary>A catalog of a thousand workloads is about half of this.</summary>
    internal const int MaxBytes = 1 << 20;

    /// <summary>Null, and one error, when the file cannot be taken as text.</summary>
    internal static string? Decode(string file, ReadOnlySpan<byte> content, CatalogErrors errors)
    {
        if (content.Length > MaxBytes)
        {
            errors.Add(CatalogErrorKind.TooLarge, new(file, 1, 1),
                string.Create(CultureInfo.InvariantCulture, $"{content.Length} bytes"),
                string.Create(CultureInfo.InvariantCulture, $"at most {MaxBytes}"));
            return null;
        }

        var buffer = new char[content.Length];
        var status = Utf8.ToUtf16(content, buffer, out _, out var written, replaceInvalidSequences: false);
        var text = new string(buffer, 0, written);
        if (status != OperationStatus.Done)
        {
            errors.Add(CatalogErrorKind.BadEncoding, PositionOf(file, text, text.Length), "not UTF-8", "text in UTF-8");
            return null;
        }

        var bad = IndexOfRefused(text);
        if (bad < 0)
            return text;
        errors.Add(CatalogErrorKind.BadEncoding, PositionOf(file, text, bad),
            string.Create(CultureInfo.InvariantCulture, $"character U+{(int)text[bad]:X4} is not allowed"), Reason(text[bad]));
        return null;
    }

    /// <remarks>
    /// The YAML scanner takes NUL for the end of the file and U+0085, U+2028, U+2029 and a lone carriage return for line breaks:
    /// with them a file could say more, or less, than its reviewer saw. Bidirectional controls: CVE-2021-42574.
    /// </remarks>
    private static int IndexOfRefused(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var refused = text[i] switch
            {
                '\n' or '\t' => false,
                '\r' => i + 1 == text.Length || text[i + 1] != '\n',
                '\u2028' or '\u2029' or '\ufeff' => true,
                >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069' => true,
                var c => char.IsControl(c),
            };
            if (refused)
                return i;
        }
        return -1;
    }

    private static string Reason(char c) => c switch
    {
        '\ufeff' => "no byte order mark",
        '\r' => "lines to end with LF or CR LF",
        _ => "visible characters, spaces, tabs and line breaks",
    };

    private static SourcePosition PositionOf(string file, string text, int index)
    {
        var before = text.AsSpan(0, index);
        return new(file, before.Count('\n') + 1, index - before.LastIndexOf('\n'));
    }
}
