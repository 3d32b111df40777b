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
        return new(Sha256Value.Of(SHA256.HashData(Encoding.UTF8.GetBytes(token))));
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
