using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace CredBroker.Core.Identity;

/// <summary>
/// A compact JWS (RFC 7515 section 7.1) that was read strictly and <b>not yet verified</b>: the one reader for our own tokens, DPoP
/// proofs and foreign evidence. Verify with <see cref="VerificationKey.Verify(CompactJws)"/>. Immutable, safe to share.
/// </summary>
/// <remarks>
/// ECDSA lets one message have two signatures, (r, s) and (r, n-s), so one token has many spellings: key caches and replay sets by
/// <see cref="SigningInputDigest"/> or by <c>jti</c>, never by the text.
/// </remarks>
public sealed class CompactJws
{
    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    private readonly byte[] _signingInput;
    private readonly byte[] _signature;

    private CompactJws(JwsHeader header, JsonElement payload, byte[] signingInput, byte[] signature)
    {
        Header = header;
        Claims = new JwtClaims(payload);
        _signingInput = signingInput;
        _signature = signature;
    }

    /// <summary>The protected header.</summary>
    public JwsHeader Header { get; }

    /// <summary>The payload, always a JSON object here, with strict readers for its members.</summary>
    public JwtClaims Claims { get; }

    /// <summary>The ASCII bytes that are signed: header, dot, payload, as sent.</summary>
    public ReadOnlySpan<byte> SigningInput => _signingInput;

    /// <summary>The decoded signature, at least one byte, of any length.</summary>
    public ReadOnlySpan<byte> Signature => _signature;

    /// <summary>SHA-256 of <see cref="SigningInput"/>: the same for every spelling of one token.</summary>
    public byte[] SigningInputDigest() => SHA256.HashData(_signingInput);

    /// <summary>
    /// Reads a token without looking at any key. Never throws, whatever the input; cheap checks come first, in the order of
    /// <see cref="JwsRefusal"/>.
    /// </summary>
    /// <param name="token">The text as received; a null string reads as empty and is refused.</param>
    /// <param name="limits">Length and whether a <c>jwk</c> belongs in the header.</param>
    /// <param name="jws">The parts, when the answer is <see langword="true"/>.</param>
    /// <param name="refusal">The first thing that was wrong, when the answer is <see langword="false"/>.</param>
    public static bool TryParse(
        ReadOnlySpan<char> token, JwsLimits limits, [NotNullWhen(true)] out CompactJws? jws, [NotNullWhen(false)] out JwsRefusal? refusal)
    {
        jws = null;
        refusal = Split(token, limits.MaxLength, out var first, out var second);
        if (refusal is not null) return false;

        refusal = ReadObject(token[..first], out var headerRoot);
        if (refusal is not null) return false;
        refusal = JwsHeader.Read(headerRoot, limits.EmbeddedKey, out var header);
        if (refusal is not null) return false;
        refusal = ReadObject(token[(first + 1)..second], out var payload);
        if (refusal is not null) return false;

        if (Base64UrlText.Decode(token[(second + 1)..]) is not { } signature)
        {
            refusal = JwsRefusal.NonCanonicalBase64Url;
            return false;
        }
        var signingInput = new byte[second];
        Encoding.ASCII.GetBytes(token[..second], signingInput);
        jws = new CompactJws(header!, payload, signingInput, signature);
        return true;
    }

    private static JwsRefusal? Split(ReadOnlySpan<char> token, int maxLength, out int first, out int second)
    {
        first = second = 0;
        if (token.Length > maxLength) return JwsRefusal.TooLong;
        if (token.ContainsAnyExcept(Alphabet)) return JwsRefusal.ForbiddenCharacter;
        if (token.Count('.') != 2) return JwsRefusal.WrongPartCount;
        first = token.IndexOf('.');
        second = token.LastIndexOf('.');
        return first == 0 || second == first + 1 || second == token.Length - 1 ? JwsRefusal.WrongPartCount : null;
    }

    private static JwsRefusal? ReadObject(ReadOnlySpan<char> part, out JsonElement root)
    {
        root = default;
        var length = Base64UrlText.DecodedLength(part.Length);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var bytes = rented.AsSpan(0, length);
            if (!Base64UrlText.TryDecodeExactly(part, bytes)) return JwsRefusal.NonCanonicalBase64Url;
            return StrictJson.Parse(bytes, out root) switch
            {
                null => root.ValueKind == JsonValueKind.Object ? null : JwsRefusal.MalformedJson,
                JsonRefusal.InvalidUtf8 or JsonRefusal.LoneSurrogate => JwsRefusal.InvalidText,
                JsonRefusal.TooDeep => JwsRefusal.TooDeep,
                JsonRefusal.DuplicateMember => JwsRefusal.DuplicateMember,
                _ => JwsRefusal.MalformedJson,
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
