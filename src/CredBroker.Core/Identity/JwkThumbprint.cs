namespace CredBroker.Core.Identity;

/// <summary>
/// The SHA-256 thumbprint of a public key (RFC 7638), as in <c>cnf.jkt</c> (RFC 9449 section 6.1). Text: 43 characters of base64url.
/// The default value is no thumbprint, and <see cref="TryParse"/> refuses its text.
/// </summary>
public readonly record struct JwkThumbprint
{
    private readonly Sha256Value _digest;

    internal JwkThumbprint(ReadOnlySpan<byte> digest) => _digest = Sha256Value.Of(digest);

    private JwkThumbprint(Sha256Value digest) => _digest = digest;

    /// <summary>Reads the canonical text: one thumbprint has one spelling.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out JwkThumbprint thumbprint)
    {
        var read = Sha256Value.TryParse(text, out var digest);
        thumbprint = new(digest);
        return read;
    }

    /// <summary>Writes the 32 bytes.</summary>
    public void CopyTo(Span<byte> destination) => _digest.CopyTo(destination);

    /// <summary>The 43 characters of base64url.</summary>
    public override string ToString() => _digest.ToString();
}
