namespace CredBroker.Core.Identity;

/// <summary>What a caller of <see cref="CompactJws.TryParse"/> allows.</summary>
/// <param name="MaxLength">Characters of the whole text; checked before anything else.</param>
/// <param name="EmbeddedKey">Whether the header must carry its public key in <c>jwk</c> (DPoP); otherwise it must not.</param>
public readonly record struct JwsLimits(int MaxLength, bool EmbeddedKey = false)
{
    /// <summary>Our own tokens and foreign evidence: 8 KiB, the documented limit of a token.</summary>
    public static JwsLimits Token { get; } = new(8192);

    /// <summary>A DPoP proof: 2 KiB, four times a usual one, with the key in the header (RFC 9449 section 4.2).</summary>
    public static JwsLimits Dpop { get; } = new(2048, EmbeddedKey: true);
}
