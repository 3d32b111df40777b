using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace CredBroker.Core.Identity;

/// <summary>The kinds of key that we accept; each has a fixed set of algorithms.</summary>
public enum JwkKind
{
    /// <summary>EC on P-256: ES256.</summary>
    P256 = 1,

    /// <summary>EC on P-384: ES384.</summary>
    P384,

    /// <summary>RSA of 2048 to 4096 bits: RS256 and PS256, or the one that the JWK's <c>alg</c> names.</summary>
    Rsa,
}

/// <summary>
/// A public key in JWK form (RFC 7517), well-formed by construction. That a point lies on its curve is found when
/// <see cref="VerificationKey.TryImport"/> is called (180 us), not here. Immutable; equal when the thumbprints are equal.
/// </summary>
public sealed class PublicJwk : IEquatable<PublicJwk>
{
    private readonly byte[] _first;
    private readonly byte[] _second;

    internal PublicJwk(JwkKind kind, byte[] first, byte[] second, JwsAlgorithm? declared)
    {
        (Kind, _first, _second, Declared) = (kind, first, second, declared);
        Thumbprint = new(SHA256.HashData(Encoding.ASCII.GetBytes(ToJson())));
    }

    /// <summary>Key type and curve.</summary>
    public JwkKind Kind { get; }

    /// <summary>RFC 7638, SHA-256.</summary>
    public JwkThumbprint Thumbprint { get; }

    /// <summary>The JWK's own <c>alg</c>, if it had one: it narrows <see cref="Allows"/>.</summary>
    public JwsAlgorithm? Declared { get; }

    /// <summary>The x coordinate, or the RSA modulus: big-endian bytes.</summary>
    internal byte[] First => _first;

    /// <summary>The y coordinate, or the RSA exponent: big-endian bytes.</summary>
    internal byte[] Second => _second;

    /// <summary>The public half of a P-256 or P-384 key. Throws <see cref="ArgumentException"/> for another curve.</summary>
    public static PublicJwk From(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var parameters = key.ExportParameters(includePrivateParameters: false);
        // By object identifier: other curves have 256 bits too.
        var kind = parameters.Curve.Oid.Value switch
        {
            "1.2.840.10045.3.1.7" => JwkKind.P256,
            "1.3.132.0.34" => JwkKind.P384,
            _ => throw new ArgumentException("The key is on neither P-256 nor P-384.", nameof(key)),
        };
        return new(kind, parameters.Q.X!, parameters.Q.Y!, null);
    }

    /// <summary>Reads a key from JSON text of at most 4 KiB; see <see cref="TryParse(JsonElement, out PublicJwk?, out JwkRefusal?)"/>.</summary>
    public static bool TryParse(string json, [NotNullWhen(true)] out PublicJwk? jwk, [NotNullWhen(false)] out JwkRefusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(json);
        // A 4096-bit RSA key takes 700 characters; the rest is room for members that we ignore.
        if (json.Length <= 4096 && StrictJson.Parse(Encoding.UTF8.GetBytes(json), out var root) is null)
        {
            return TryParse(root, out jwk, out refusal);
        }
        jwk = null;
        refusal = JwkRefusal.Malformed;
        return false;
    }

    /// <summary>
    /// Reads a key from an element of strictly parsed JSON. Never throws. Refuses private members, coordinates that are not exactly
    /// as long as the curve's field (else one key would have two thumbprints) and everything else in <see cref="JwkRefusal"/>; members
    /// that RFC 7517 lets a reader ignore (<c>kid</c>, <c>x5c</c>, extensions) are ignored.
    /// </summary>
    public static bool TryParse(
        JsonElement element, [NotNullWhen(true)] out PublicJwk? jwk, [NotNullWhen(false)] out JwkRefusal? refusal)
    {
        refusal = JwkReader.Read(element, out jwk);
        return refusal is null;
    }

    /// <summary>Whether this key may verify signatures of that algorithm: decided by the key alone.</summary>
    public bool Allows(JwsAlgorithm algorithm) => (Declared is null || Declared == algorithm) && algorithm switch
    {
        JwsAlgorithm.ES256 => Kind == JwkKind.P256,
        JwsAlgorithm.ES384 => Kind == JwkKind.P384,
        JwsAlgorithm.RS256 or JwsAlgorithm.PS256 => Kind == JwkKind.Rsa,
        _ => false,
    };

    /// <summary>
    /// The required members only, in the order of RFC 7638 section 3.2 and without spaces: at once the canonical form of the key and
    /// what its thumbprint is taken of.
    /// </summary>
    public string ToJson()
    {
        var (first, second) = (Base64Url.EncodeToString(_first), Base64Url.EncodeToString(_second));
        return Kind == JwkKind.Rsa
            ? $$"""{"e":"{{second}}","kty":"RSA","n":"{{first}}"}"""
            : $$"""{"crv":"{{Curve}}","kty":"EC","x":"{{first}}","y":"{{second}}"}""";
    }

    /// <summary>Same key, whatever the JWKs around it said.</summary>
    public bool Equals(PublicJwk? other) => other is not null && Thumbprint == other.Thumbprint;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as PublicJwk);

    /// <inheritdoc />
    public override int GetHashCode() => Thumbprint.GetHashCode();

    /// <summary>The thumbprint.</summary>
    public override string ToString() => Thumbprint.ToString();

    private string Curve => Kind == JwkKind.P256 ? "P-256" : "P-384";
}
