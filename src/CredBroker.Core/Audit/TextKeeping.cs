using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace CredBroker.Core.Audit;

/// <summary>
/// How texts that an agent wrote (intents, prompt fragments, summaries) are kept: agents put secrets where none belong. Closed:
/// <see cref="Scrubbed"/>, <see cref="Digest"/>.
/// </summary>
public abstract record TextKeeping
{
    /// <summary>Shortest salt of <see cref="Digest"/>, in bytes: the size of the hash.</summary>
    public const int MinSaltBytes = 32;

    private TextKeeping()
    {
    }

    /// <summary>The form in which the text is kept. Never throws, whatever the text.</summary>
    public string Keep(string text) => this switch
    {
        Scrubbed => Scrubber.Scrub(text),
        Digest digest => digest.Of(text),
        _ => throw new UnreachableException(),
    };

    /// <summary>The text, less what looks like a secret.</summary>
    public sealed record Scrubbed : TextKeeping;

    /// <summary>
    /// HMAC-SHA256 of the text under a salt, as <c>hmac-sha256:</c> and 43 characters of base64url: shows that two texts are the same,
    /// and, to whoever has the salt, that a text is this one. Without the salt short texts could be guessed.
    /// </summary>
    public sealed record Digest : TextKeeping
    {
        private readonly byte[] _salt;

        /// <summary>Keeps digests under that salt.</summary>
        /// <exception cref="ArgumentOutOfRangeException">A salt under <see cref="MinSaltBytes"/>.</exception>
        public Digest(ReadOnlySpan<byte> salt)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(salt.Length, MinSaltBytes, nameof(salt));
            _salt = salt.ToArray();
        }

        /// <summary>Without the salt.</summary>
        public override string ToString() => nameof(Digest);

        internal string Of(string text) =>
            "hmac-sha256:" + Base64Url.EncodeToString(HMACSHA256.HashData(_salt, Encoding.UTF8.GetBytes(text)));
    }
}
