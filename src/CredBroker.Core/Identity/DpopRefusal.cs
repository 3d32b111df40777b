namespace CredBroker.Core.Identity;

/// <summary>Why a DPoP proof was refused (RFC 9449 section 4.3). The cheap checks come first; the signature is last.</summary>
public enum DpopRefusal
{
    /// <summary>Not a compact JWS as we accept it: see <see cref="DpopOutcome.Refused.Detail"/>.</summary>
    Malformed = 1,

    /// <summary><c>typ</c> is not exactly <c>dpop+jwt</c>.</summary>
    WrongType,

    /// <summary><c>alg</c> is not ES256.</summary>
    Algorithm,

    /// <summary><c>jwk</c> is not a P-256 public key that we accept, or carries private members.</summary>
    Key,

    /// <summary>The proof is by another key than the token is bound to (<c>cnf.jkt</c>).</summary>
    OtherKey,

    /// <summary><c>htm</c> is missing or another method.</summary>
    Method,

    /// <summary><c>htu</c> is missing, of another path, or under none of the configured origins.</summary>
    Target,

    /// <summary><c>iat</c> is missing or malformed, or older than <see cref="DpopProof.MaxAge"/>.</summary>
    TooOld,

    /// <summary><c>iat</c> is further ahead than <see cref="DpopProof.FutureSkew"/>.</summary>
    FromTheFuture,

    /// <summary><c>jti</c> is missing, not a string, empty or longer than 128 characters.</summary>
    Jti,

    /// <summary><c>ath</c> is missing or of another token; or present although no token was sent.</summary>
    TokenHash,

    /// <summary>No current nonce: answer with a new one and <c>use_dpop_nonce</c> (RFC 9449 section 9).</summary>
    Nonce,

    /// <summary>The signature does not verify, or the key's point is not on its curve.</summary>
    Signature,
}
