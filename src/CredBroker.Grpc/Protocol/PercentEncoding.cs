using System.Buffers;
using System.Text;

namespace Grpc.Protocol;

/// <summary>The grpc-message header: UTF-8 with "%XX" for all but printable ASCII. Source: grpc/doc/PROTOCOL-HTTP2.md, Status-Message.</summary>
internal static class PercentEncoding
{
    private const string Hex = "0123456789ABCDEF";

    // Space to tilde without the percent sign.
    private static readonly SearchValues<char> Plain =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => c != '%')]);

    /// <summary>At most <paramref name="maxLength"/> characters; a longer text is cut between two code points.</summary>
    public static string Encode(string text, int maxLength)
    {
        if (text.Length <= maxLength && !text.AsSpan().ContainsAnyExcept(Plain)) return text;

        var encoded = new StringBuilder(Math.Min(maxLength, text.Length));
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var bytes = utf8[..rune.EncodeToUtf8(utf8)];
            var isPlain = rune.IsAscii && Plain.Contains((char)rune.Value);
            if (encoded.Length + (isPlain ? 1 : bytes.Length * 3) > maxLength) break;

            if (isPlain)
            {
                encoded.Append((char)rune.Value);
                continue;
            }

            foreach (var one in bytes) encoded.Append('%').Append(Hex[one >> 4]).Append(Hex[one & 15]);
        }

        return encoded.ToString();
    }

    /// <summary>Never fails: a percent sign that starts no valid triple stands for itself, as the source demands.</summary>
    public static string Decode(string encoded)
    {
        if (!encoded.Contains('%', StringComparison.Ordinal)) return encoded;

        var bytes = new ArrayBufferWriter<byte>(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] == '%' && i + 2 < encoded.Length
                && char.IsAsciiHexDigit(encoded[i + 1]) && char.IsAsciiHexDigit(encoded[i + 2]))
            {
                bytes.Write([(byte)((HexValue(encoded[i + 1]) << 4) | HexValue(encoded[i + 2]))]);
                i += 2;
                continue;
            }

            // Header values arrive as Latin-1 or ASCII; anything above stays a character of its own.
            Encoding.UTF8.GetBytes(encoded.AsSpan(i, 1), bytes);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static int HexValue(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
