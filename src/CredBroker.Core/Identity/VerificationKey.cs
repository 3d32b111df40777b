using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace CredBroker.Core.Identity;

/// <summary>
/// A public key imported into the platform's cryptography, ready to verify. Thread-safe. Importing costs about 180 us, a verification
/// 80 us: keep the object (see <see cref="VerificationKeyCache"/>). Public keys hold no secret and are shared between threads, so nobody
/// owns one enough to dispose it: the finalizer frees the native half.
/// </summary>
public sealed class VerificationKey
{
    private readonly AsymmetricAlgorithm _key;

    private VerificationKey(PublicJwk jwk)
    {
        Jwk = jwk;
        _key = Import(jwk);
    }

    /// <summary>The key that was imported.</summary>
    public PublicJwk Jwk { get; }

    /// <summary>Imports the key; <see langword="false"/> when an EC point is not on its curve or the platform refuses the modulus.</summary>
    public static bool TryImport(PublicJwk jwk, [NotNullWhen(true)] out VerificationKey? key)
    {
        ArgumentNullException.ThrowIfNull(jwk);
        try
        {
            key = new(jwk);
            return true;
        }
        catch (CryptographicException)
        {
            key = null;
            return false;
        }
    }

    /// <summary>Whether the token was signed with this key, by an algorithm that the key allows.</summary>
    public bool Verify(CompactJws jws)
    {
        ArgumentNullException.ThrowIfNull(jws);
        return Verify(jws.Header.Algorithm, jws.SigningInput, jws.Signature);
    }

    /// <summary>
    /// Whether the signature is good. Refuses, without throwing, an algorithm that the key does not allow and signatures of any
    /// length but the key's own (64 or 96 bytes r||s, so no DER; the length of the modulus): RFC 7518 sections 3.3 to 3.5.
    /// </summary>
    public bool Verify(JwsAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (!Jwk.Allows(algorithm)) return false;
        Span<byte> buffer = stackalloc byte[SHA384.HashSizeInBytes];
        var length = algorithm == JwsAlgorithm.ES384 ? SHA384.HashData(data, buffer) : SHA256.HashData(data, buffer);
        var digest = buffer[..length];
        return _key switch
        {
            ECDsa ec => signature.Length == 2 * Jwk.First.Length
                && ec.VerifyHash(digest, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
            RSA rsa => signature.Length == Jwk.First.Length && rsa.VerifyHash(
                digest, signature, HashAlgorithmName.SHA256, algorithm == JwsAlgorithm.PS256 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1),
            _ => throw new UnreachableException(),
        };
    }

    private static AsymmetricAlgorithm Import(PublicJwk jwk) => jwk.Kind switch
    {
        JwkKind.P256 => ECDsa.Create(Point(jwk, ECCurve.NamedCurves.nistP256)),
        JwkKind.P384 => ECDsa.Create(Point(jwk, ECCurve.NamedCurves.nistP384)),
        JwkKind.Rsa => RSA.Create(new RSAParameters { Modulus = jwk.First, Exponent = jwk.Second }),
        _ => throw new UnreachableException(),
    };

    private static ECParameters Point(PublicJwk jwk, ECCurve curve) => new() { Curve = curve, Q = new() { X = jwk.First, Y = jwk.Second } };
}
