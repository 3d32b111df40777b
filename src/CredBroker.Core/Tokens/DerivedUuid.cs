using System.Security.Cryptography;

namespace CredBroker.Core.Tokens;

/// <summary>
/// Ids that follow from what they name, so that asking again names the same: UUID version 8 (RFC 9562 section 5.8), the 48 bits of time of
/// another id, then SHA-256. So a row lies in the partition of the time that the other id has.
/// </summary>
internal static class DerivedUuid
{
    private const int Size = 16;
    private const int TimeSize = 6;

    /// <summary>The id of some content, at the time of an id of version 7 or 8.</summary>
    public static Guid Of(Guid timed, ReadOnlySpan<byte> content)
    {
        Span<byte> time = stackalloc byte[Size];
        timed.TryWriteBytes(time, bigEndian: true, out _);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);

        Span<byte> id = stackalloc byte[Size];
        time[..TimeSize].CopyTo(id);
        hash[..(Size - TimeSize)].CopyTo(id[TimeSize..]);
        id[6] = (byte)((id[6] & 0x0F) | 0x80);   // version 8
        id[8] = (byte)((id[8] & 0x3F) | 0x80);   // variant of RFC 9562 section 4.1
        return new(id, bigEndian: true);
    }
}
