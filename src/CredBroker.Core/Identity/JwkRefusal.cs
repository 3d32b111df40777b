namespace CredBroker.Core.Identity;

/// <summary>Why a JSON value is not a public key that we accept.</summary>
public enum JwkRefusal
{
    /// <summary>Not a JSON object, or a member that we read has the wrong type.</summary>
    Malformed = 1,

    /// <summary><c>kty</c> is none of EC, RSA: also OKP (the platform has no Ed25519) and <c>oct</c> (a shared secret proves nothing here).</summary>
    KeyTypeNotAllowed,

    /// <summary><c>crv</c> is neither P-256 nor P-384.</summary>
    CurveNotAllowed,

    /// <summary>The private half or a shared secret is present: such a key is compromised by being sent.</summary>
    PrivateKeyMaterial,

    /// <summary>A coordinate, modulus or exponent is not canonical base64url of the right length (RFC 7518 sections 6.2.1, 6.3.1).</summary>
    NonCanonical,

    /// <summary>An RSA modulus below 2048 or above 4096 bits, or an exponent that is even, below 3 or above 32 bits.</summary>
    WeakOrOversizeRsa,

    /// <summary><c>alg</c> is present and does not fit the key.</summary>
    AlgorithmMismatch,

    /// <summary><c>use</c> is neither absent, <c>sig</c> nor <c>jwt-svid</c>, or <c>key_ops</c> lacks <c>verify</c>.</summary>
    NotForSignatures,

    /// <summary>The point is not on its curve. Found only when the key is imported.</summary>
    InvalidPoint,
}
