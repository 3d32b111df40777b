using System.Buffers;
using System.Buffers.Binary;

namespace Grpc.Protocol;

/// <summary>
/// Compares the trailer of a compressed message with what came out of it. The inflating streams of .NET take a cut-off
/// input for a complete one, and a message must not be shortened without anyone noticing.
/// </summary>
internal static class Checksum
{
    private const int GzipHeaderSize = 10;
    private const int GzipTrailerSize = 8;
    private const int ZlibTrailerSize = 4;
    private const uint Crc32Polynomial = 0xEDB88320;
    private const uint AdlerPrime = 65521;

    private static readonly uint[] Crc32Table = [.. Enumerable.Range(0, 256).Select(index => Crc32Of((uint)index))];

    /// <summary>gzip ends in CRC-32 and size (RFC 1952), zlib in Adler-32 (RFC 1950).</summary>
    public static bool Agrees(MessageEncoding encoding, ReadOnlySequence<byte> compressed, ReadOnlySpan<byte> inflated)
    {
        var size = encoding == MessageEncoding.Gzip ? GzipTrailerSize : ZlibTrailerSize;
        if (compressed.Length < size) return false;

        Span<byte> trailer = stackalloc byte[size];
        compressed.Slice(compressed.Length - size).CopyTo(trailer);
        return encoding == MessageEncoding.Gzip
            ? BinaryPrimitives.ReadUInt32LittleEndian(trailer) == Crc32(inflated)
                && BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) == (uint)inflated.Length
                && compressed.Length > GzipTrailerSize + GzipHeaderSize
            : BinaryPrimitives.ReadUInt32BigEndian(trailer) == Adler32(inflated);
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes) crc = Crc32Table[(crc ^ one) & 0xFF] ^ (crc >> 8);
        return ~crc;
    }

    private static uint Crc32Of(uint value)
    {
        for (var bit = 0; bit < 8; bit++) value = (value & 1) == 0 ? value >> 1 : Crc32Polynomial ^ (value >> 1);
        return value;
    }

    private static uint Adler32(ReadOnlySpan<byte> bytes)
    {
        uint a = 1, b = 0;
        foreach (var one in bytes)
        {
            a = (a + one) % AdlerPrime;
            b = (b + a) % AdlerPrime;
        }

        return (b << 16) | a;
    }
}
