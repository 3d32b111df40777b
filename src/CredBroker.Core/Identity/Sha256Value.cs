using System.Buffers.Binary;
using System.Buffers.Text;

namespace CredBroker.Core.Identity;

/// <summary>32 bytes of SHA-256 as a value: no array to share or mutate, comparable, a good dictionary key. For public digests only.</summary>
internal readonly record struct Sha256Value(UInt128 High, UInt128 Low)
{
    public const int Size = 32;
    public const int TextLength = 43;

    public static Sha256Value Of(ReadOnlySpan<byte> digest) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(digest), BinaryPrimitives.ReadUInt128BigEndian(digest[16..Size]));

    /// <summary>43 characters of canonical base64url; all zeros, the default value, is refused.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Sha256Value value)
    {
        value = default;
        Span<byte> digest = stackalloc byte[Size];
        if (text.Length != TextLength || !Base64UrlText.TryDecodeExactly(text, digest)) return false;
        value = Of(digest);
        return value != default;
    }

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, High);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], Low);
    }

    public override string ToString()
    {
        Span<byte> digest = stackalloc byte[Size];
        CopyTo(digest);
        return Base64Url.EncodeToString(digest);
    }
}
