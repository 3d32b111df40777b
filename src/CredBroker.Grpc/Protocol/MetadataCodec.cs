using System.Buffers;
using System.Buffers.Text;
using Grpc.Core;
using Microsoft.Extensions.Primitives;

namespace Grpc.Protocol;

/// <summary>Header lines to metadata and back. Source: grpc/doc/PROTOCOL-HTTP2.md, Custom-Metadata and Binary-Header.</summary>
internal static class MetadataCodec
{
    // Space to tilde (ASCII-Value).
    private static readonly SearchValues<char> Printable = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c)]);

    /// <summary>Adds the lines of one header. False when a "-bin" header is not base64.</summary>
    public static bool TryAdd(Metadata metadata, string name, StringValues values)
    {
        var key = name.ToLowerInvariant();
        if (!Metadata.Entry.HasBinarySuffix(key))
        {
            foreach (var value in values) metadata.Add(Metadata.Entry.FromWire(key, value ?? ""));
            return true;
        }

        foreach (var value in values)
        {
            // Proxies and libraries join repeated headers with commas; base64 has none, so that splitting is safe.
            var line = (value ?? "").AsSpan();
            foreach (var part in line.Split(','))
            {
                if (!TryDecode(line[part].Trim(' '), out var bytes)) return false;
                metadata.Add(Metadata.Entry.FromWire(key, bytes));
            }
        }

        return true;
    }

    /// <summary>The value as it stands on the wire, or null when it is text outside printable ASCII.</summary>
    public static string? Encode(Metadata.Entry entry)
    {
        if (entry.IsBinary) return Convert.ToBase64String(entry.Bytes).TrimEnd('=');
        return entry.Value.AsSpan().ContainsAnyExcept(Printable) ? null : entry.Value;
    }

    /// <summary>Base64 with or without padding.</summary>
    private static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        text = text.TrimEnd('=');
        if (text.IsEmpty) return true;
        if (text.Length % 4 == 1) return false;

        var padded = ArrayPool<char>.Shared.Rent(text.Length + 3);
        try
        {
            text.CopyTo(padded);
            var length = text.Length;
            while (length % 4 != 0) padded[length++] = '=';
            if (!Base64.IsValid(padded.AsSpan(0, length), out var size)) return false;

            bytes = new byte[size];
            return Convert.TryFromBase64Chars(padded.AsSpan(0, length), bytes, out var written) && written == size;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(padded);
        }
    }
}
