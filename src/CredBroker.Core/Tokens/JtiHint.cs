using System.Buffers.Text;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Tokens;

/// <summary>
/// The id that a text seems to have as a token of ours, found without reading it as one: something to look it up by and nothing more.
/// Whether the text is that token is for its recorded hash to say (docs/decisions/0015). Immutable.
/// </summary>
/// <param name="issuer">Who we are: the <c>iss</c> of our tokens.</param>
public sealed class JtiHint(string issuer)
{
    private const int MaxPayload = 2_048;

    private readonly byte[] _start = TokenClaims.StartOf(issuer);

    private static ReadOnlySpan<byte> Member => "\"jti\":\""u8;

    /// <summary>The first <c>jti</c> in a payload that begins as ours do; null when there is none to be seen.</summary>
    /// <param name="token">Whatever somebody presented. A payload of more than 2 KiB is not looked at.</param>
    public Jti? Of(ReadOnlySpan<char> token)
    {
        var first = token.IndexOf('.');
        if (first < 0) return null;
        var rest = token[(first + 1)..];
        var length = rest.IndexOf('.');
        if (length < 0 || Base64UrlText.DecodedLength(length) is var decoded && decoded > MaxPayload) return null;

        Span<byte> payload = stackalloc byte[MaxPayload];
        payload = payload[..decoded];
        if (!Base64UrlText.TryDecodeExactly(rest[..length], payload) || !payload.StartsWith(_start)) return null;
        var at = payload.IndexOf(Member);
        return at >= 0 && Utf8Parser.TryParse(payload[(at + Member.Length)..], out Guid id, out _, 'D') && id != Guid.Empty ? Jti.Of(id) : null;
    }
}
