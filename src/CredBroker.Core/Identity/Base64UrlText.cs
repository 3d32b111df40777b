using System.Buffers;
using System.Buffers.Text;

namespace CredBroker.Core.Identity;

/// <summary>Canonical base64url (RFC 4648 section 5, no padding): one byte string has exactly one accepted spelling.</summary>
internal static class Base64UrlText
{
    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Bytes that <paramref name="length"/> characters decode to; lengths of 1 modulo 4 are no base64url and never decode.</summary>
    public static int DecodedLength(int length) => (length / 4 * 3) + (length % 4 is 0 or 1 ? 0 : (length % 4) - 1);

    /// <summary>Decodes exactly <paramref name="destination"/>'s length. Refuses padding, white space and non-zero trailing bits.</summary>
    public static bool TryDecodeExactly(ReadOnlySpan<char> text, Span<byte> destination) =>
        text.Length % 4 != 1
        && DecodedLength(text.Length) == destination.Length
        // The framework's decoder skips spaces and accepts '=', so the alphabet is checked before it.
        && !text.ContainsAnyExcept(Alphabet)
        && Base64Url.DecodeFromChars(text, destination, out _, out var written) == OperationStatus.Done
        && written == destination.Length;

    /// <summary>Decodes text of any length, or answers <see langword="null"/>.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        var bytes = new byte[DecodedLength(text.Length)];
        return TryDecodeExactly(text, bytes) ? bytes : null;
    }
}
