using System.Buffers.Text;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Tokens;

/// <summary>
/// The id that a text seems to have as a token, found without reading it as one: something to look it up by and nothing more. Whether the
/// text is that token is for its recorded hash to say (docs/decisions/0015).
/// </summary>
public static class JtiHint
{
    private const int MaxPayload = 2_048;

    private static ReadOnlySpan<byte> Member => "\"jti\":\""u8;

    /// <summary>The first <c>jti</c> in the payload, spelled as we spell it; null when there is none to be seen.</summary>
    /// <param name="token">Whatever somebody presented. A payload of more than 2 KiB is not looked at.</param>
    public static Jti? Of(ReadOnlySpan<char> token)
    {
        var first = token.IndexOf('.');
        if (first < 0) return null;
        var rest = token[(first + 1)..];
        var length = rest.IndexOf('.');
        if (length < 0 || Base64UrlText.DecodedLength(length) is var decoded && decoded > MaxPayload) return null;

        Span<byte> payload = stackalloc byte[MaxPayload];
        payload = payload[..decoded];
        if (!Base64UrlText.TryDecodeExactly(rest[..length], payload) || payload.IndexOf(Member) is var at && at < 0) return null;

        return Utf8Parser.TryParse(payload[(at + Member.Length)..], out Guid id, out _, 'D') && id != Guid.Empty ? Jti.Of(id) : null;
    }
}
