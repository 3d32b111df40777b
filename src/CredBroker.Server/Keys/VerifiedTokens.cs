using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace CredBroker.Server.Keys;

/// <summary>
/// Tokens of ours whose signature was verified before, by SHA-256 of their whole text: an ECDSA signature has two spellings, and only
/// the one that was verified may be found. What is found here is only known to be signed by us: whether it is alive is asked elsewhere,
/// every time.
/// </summary>
internal sealed class VerifiedTokens
{
    private readonly BoundedCache<Digest, VerifiedToken> _tokens = new(capacity: 65_536);

    public bool TryGet(ReadOnlySpan<char> token, out VerifiedToken? verified) => _tokens.TryGet(Digest.Of(token), out verified);

    public void Add(ReadOnlySpan<char> token, VerifiedToken verified) => _tokens.Add(Digest.Of(token), verified);

    /// <summary>Forgets everything: a key was revoked.</summary>
    public void Clear() => _tokens.Clear();

    private readonly record struct Digest(ulong A, ulong B, ulong C, ulong D)
    {
        // Longer than any token of ours: not hashed, and never found.
        private const int Longest = 8192;

        public static Digest Of(ReadOnlySpan<char> token)
        {
            if (token.Length > Longest) return default;
            Span<byte> ascii = stackalloc byte[token.Length];
            if (Ascii.FromUtf16(token, ascii, out _) != System.Buffers.OperationStatus.Done) return default;
            Span<ulong> words = stackalloc ulong[4];
            SHA256.HashData(ascii, MemoryMarshal.AsBytes(words));
            return new(words[0], words[1], words[2], words[3]);
        }
    }
}
