using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace CredBroker.Core.Identity;

/// <summary>
/// Stateless DPoP nonces (RFC 9449 section 8): HMAC-SHA-256 of the current 30 s of time. They bound how long ahead proofs can be made,
/// and with a key per replica they keep a proof from being replayed to another one. Thread-safe.
/// </summary>
public sealed class DpopNonce
{
    /// <summary>How long one nonce is given out; it is accepted for as long again.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private const int KeyLength = 32;
    private const int NonceLength = 16;   // bytes: nobody guesses 128 bits within a minute

    private readonly byte[] _key;

    /// <summary>Takes a secret of exactly 32 random bytes, which is copied.</summary>
    public DpopNonce(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyLength);
        _key = key.ToArray();
    }

    /// <summary>The nonce to give out now: 22 characters of base64url.</summary>
    public string Issue(DateTimeOffset now) => Of(Bucket(now));

    /// <summary>Whether the nonce was given out in this period or the last one.</summary>
    public bool Accepts(string nonce, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(nonce);
        var bucket = Bucket(now);
        return Same(nonce, Of(bucket)) || Same(nonce, Of(bucket - 1));
    }

    private static long Bucket(DateTimeOffset now) => now.ToUnixTimeSeconds() / (long)Period.TotalSeconds;

    private string Of(long bucket)
    {
        Span<byte> message = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(message, bucket);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, message, mac);
        return Base64Url.EncodeToString(mac[..NonceLength]);
    }

    private static bool Same(string given, string expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));
}
