using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Tokens;

/// <summary>
/// What a token is bound to, so that a thief cannot use it. Closed: <see cref="Jkt"/>, <see cref="X5tS256"/>, <see cref="Bearer"/>.
/// </summary>
public abstract record Binding
{
    private const string JktPrefix = "jkt:";
    private const string X5tS256Prefix = "x5t#S256:";

    private Binding()
    {
    }

    /// <summary>How the token is presented: <c>DPoP</c> (RFC 9449 section 5), <c>mTLS</c> (RFC 8705) or <c>Bearer</c> (RFC 6750).</summary>
    public string TokenType => this switch
    {
        Jkt => "DPoP",
        X5tS256 => "mTLS",
        Bearer => "Bearer",
        _ => throw new UnreachableException(),
    };

    /// <summary>The text that the database keeps: <c>jkt:…</c>, <c>x5t#S256:…</c>; null: bearer.</summary>
    public string? ToColumn() => this switch
    {
        Jkt key => JktPrefix + key.Thumbprint,
        X5tS256 certificate => X5tS256Prefix + certificate.Thumbprint,
        Bearer => null,
        _ => throw new UnreachableException(),
    };

    /// <summary>Reads <see cref="ToColumn"/>'s text; false for any other.</summary>
    public static bool TryParse(string? column, [NotNullWhen(true)] out Binding? binding)
    {
        binding = column switch
        {
            null => new Bearer(),
            _ when Rest(column, JktPrefix, out var rest) && JwkThumbprint.TryParse(rest, out var key) => new Jkt(key),
            _ when Rest(column, X5tS256Prefix, out var rest) && CertificateThumbprint.TryParse(rest, out var certificate) =>
                new X5tS256(certificate),
            _ => null,
        };
        return binding is not null;
    }

    /// <summary>The column's text, or <c>bearer</c>.</summary>
    public sealed override string ToString() => ToColumn() ?? "bearer";

    private static bool Rest(string text, string prefix, out string rest)
    {
        var starts = text.StartsWith(prefix, StringComparison.Ordinal);
        rest = starts ? text[prefix.Length..] : "";
        return starts;
    }

    /// <summary>To a key: each use needs a DPoP proof by it (RFC 9449 section 6.1).</summary>
    /// <param name="Thumbprint">Of the public key, RFC 7638 with SHA-256; never the default value.</param>
    public sealed record Jkt(JwkThumbprint Thumbprint) : Binding;

    /// <summary>To a client certificate: each use needs a connection made with it (RFC 8705 section 3).</summary>
    /// <param name="Thumbprint">Of the certificate, SHA-256; never the default value.</param>
    public sealed record X5tS256(CertificateThumbprint Thumbprint) : Binding;

    /// <summary>To nothing: whoever has it can use it. Only where the catalog says so for a tool.</summary>
    public sealed record Bearer : Binding;
}
