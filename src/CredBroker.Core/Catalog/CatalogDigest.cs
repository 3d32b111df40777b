using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace CredBroker.Core.Catalog;

/// <summary>
/// SHA-256 over a catalog's files: for each, in ordinal order of the names, the name's length in bytes (32 bits, big-endian), the
/// name, the content's length (32 bits, big-endian), the content. Lengths come first, so no two sets of files run together the same.
/// </summary>
internal static class CatalogDigest
{
    internal static ImmutableArray<byte> Of(CatalogFiles files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, content) in files.Contents)
        {
            Append(hash, Encoding.UTF8.GetBytes(name));
            Append(hash, content.AsSpan());
        }
        return [.. hash.GetHashAndReset()];
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
