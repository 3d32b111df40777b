using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace CredBroker.Core.Identity;

/// <summary>
/// SHA-256 of an access token exactly as sent: the <c>ath</c> of a DPoP proof (RFC 9449 section 4.2). Text: 43 characters of base64url.
/// It names one spelling of a token, not the token: see the remark on <see cref="CompactJws"/>.
/// </summary>
public readonly record struct AccessTokenHash
{
    private readonly Sha256Value _digest;

    private AccessTokenHash(Sha256Value digest) => _digest = digest;

    /// <summary>The hash of a token's ASCII bytes. Text of any length is hashed whole.</summary>
    public static AccessTokenHash Of(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(token.Length));
        try
        {
            Span<byte> digest = stackalloc byte[Sha256Value.Size];
            SHA256.HashData(rented.AsSpan(0, Encoding.UTF8.GetBytes(token, rented)), digest);
            return new(Sha256Value.Of(digest));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);   // it held a credential
        }
    }

    /// <summary>True when these bytes are the hash. Takes the same time wherever they differ.</summary>
    public bool Is(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[Sha256Value.Size];
        _digest.CopyTo(digest);
        return CryptographicOperations.FixedTimeEquals(digest, bytes);
    }

    /// <summary>The 32 bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Sha256Value.Size];
        _digest.CopyTo(bytes);
        return bytes;
    }

    /// <summary>Reads the canonical text.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out AccessTokenHash hash)
    {
        var read = Sha256Value.TryParse(text, out var digest);
        hash = new(digest);
        return read;
    }

    /// <summary>The 43 characters of base64url.</summary>
    public override string ToString() => _digest.ToString();
}
