namespace CredBroker.Core.Identity;

/// <summary>
/// The SHA-256 of a DER-encoded certificate, as in <c>cnf.x5t#S256</c> (RFC 8705 section 3.1). Text: 43 characters of base64url.
/// The default value is no thumbprint, and <see cref="TryParse"/> refuses its text.
/// </summary>
public readonly record struct CertificateThumbprint
{
    private readonly Sha256Value _digest;

    private CertificateThumbprint(Sha256Value digest) => _digest = digest;

    /// <summary>The thumbprint of a certificate.</summary>
    public static CertificateThumbprint Of(ReadOnlySpan<byte> der)
    {
        Span<byte> digest = stackalloc byte[Sha256Value.Size];
        System.Security.Cryptography.SHA256.HashData(der, digest);
        return new(Sha256Value.Of(digest));
    }

    /// <summary>Reads the canonical text: one thumbprint has one spelling.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out CertificateThumbprint thumbprint)
    {
        var read = Sha256Value.TryParse(text, out var digest);
        thumbprint = new(digest);
        return read;
    }

    /// <summary>The 43 characters of base64url.</summary>
    public override string ToString() => _digest.ToString();
}
