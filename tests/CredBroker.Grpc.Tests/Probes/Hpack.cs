using System.Buffers;
using System.Text;

namespace Grpc.Tests.Probes;

/// <summary>
/// Header blocks as literals without Huffman coding, and back. The probes announce a dynamic table of size 0, so that nothing of it
/// can come. Source: RFC 7541.
/// </summary>
internal static class Hpack
{
    // Appendix A, from index 1.
    private static readonly (string Name, string Value)[] Static = Table();

    /// <summary>A header block. Names and values stand as they are, also when HTTP forbids them.</summary>
    public static byte[] Encode(params IEnumerable<(string Name, string Value)> headers)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var (name, value) in headers)
        {
            output.Write<byte>([0]);
            WriteText(output, name);
            WriteText(output, value);
        }

        return output.WrittenSpan.ToArray();
    }

    public static List<(string Name, string Value)> Decode(ReadOnlySpan<byte> block)
    {
        var headers = new List<(string, string)>();
        while (!block.IsEmpty)
        {
            var first = block[0];
            if ((first & 0x80) != 0)
            {
                headers.Add(Static[ReadNumber(ref block, 7) - 1]);
                continue;
            }

            if ((first & 0xe0) == 0x20)
            {
                Assert.Equal(0, ReadNumber(ref block, 5)); // the size of the dynamic table
                continue;
            }

            var index = ReadNumber(ref block, (first & 0xc0) == 0x40 ? 6 : 4);
            var name = index == 0 ? ReadText(ref block) : Static[index - 1].Name;
            headers.Add((name, ReadText(ref block)));
        }

        return headers;
    }

    private static void WriteText(ArrayBufferWriter<byte> output, string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        if (bytes.Length < 127) output.Write<byte>([(byte)bytes.Length]);
        else
        {
            output.Write<byte>([127]);
            var rest = bytes.Length - 127;
            for (; rest >= 128; rest >>= 7) output.Write<byte>([(byte)(rest & 127 | 128)]);
            output.Write<byte>([(byte)rest]);
        }

        output.Write(bytes);
    }

    private static int ReadNumber(ref ReadOnlySpan<byte> block, int prefix)
    {
        var mask = (1 << prefix) - 1;
        var number = block[0] & mask;
        block = block[1..];
        if (number < mask) return number;

        for (var shift = 0; ; shift += 7)
        {
            var next = block[0];
            block = block[1..];
            number += (next & 127) << shift;
            if (next < 128) return number;
        }
    }

    private static string ReadText(ref ReadOnlySpan<byte> block)
    {
        Assert.True(block[0] < 128, "Kestrel sends no Huffman codes");
        var length = ReadNumber(ref block, 7);
        var text = Encoding.Latin1.GetString(block[..length]);
        block = block[length..];
        return text;
    }

    private static (string Name, string Value)[] Table()
    {
        const string text = """
            :authority, :method=GET, :method=POST, :path=/, :path=/index.html, :scheme=http, :scheme=https, :status=200, :status=204, :status=206,
            :status=304, :status=400, :status=404, :status=500, accept-charset, accept-encoding=gzip; deflate, accept-language, accept-ranges, accept,
            access-control-allow-origin, age, allow, authorization, cache-control, content-disposition, content-encoding, content-language,
            content-length, content-location, content-range, content-type, cookie, date, etag, expect, expires, from, host, if-match,
            if-modified-since, if-none-match, if-range, if-unmodified-since, last-modified, link, location, max-forwards, proxy-authenticate,
            proxy-authorization, range, referer, refresh, retry-after, server, set-cookie, strict-transport-security, transfer-encoding, user-agent,
            vary, via, www-authenticate
            """;
        return [.. text.Split(',', StringSplitOptions.TrimEntries).Select(entry => entry.Split('=')).Select(parts => (parts[0], parts.ElementAtOrDefault(1) ?? ""))];
    }
}
