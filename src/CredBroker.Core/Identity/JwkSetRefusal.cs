namespace CredBroker.Core.Identity;

/// <summary>Why bytes are no JWK Set at all. Single keys that we do not accept are skipped instead: see <see cref="SkippedKey"/>.</summary>
public enum JwkSetRefusal
{
    /// <summary>More than <see cref="JwkSet.MaxBytes"/>; nothing else was looked at.</summary>
    TooLarge = 1,

    /// <summary>Not strict JSON: invalid UTF-8, duplicate members, comments, nesting beyond 16.</summary>
    MalformedJson,

    /// <summary>Not an object with a <c>keys</c> array (RFC 7517 section 5.1).</summary>
    NoKeys,

    /// <summary>More than <see cref="JwkSet.MaxKeys"/> keys.</summary>
    TooManyKeys,
}

/// <summary>Why a key of a set is not used.</summary>
public enum SkipReason
{
    /// <summary>Not a public key that we accept: see <see cref="SkippedKey.Detail"/>.</summary>
    NotAccepted = 1,

    /// <summary>No <c>kid</c>: no token can name the key.</summary>
    NoKeyId,

    /// <summary>Another key has the same <c>kid</c>: neither is used, for a token would not say which is meant.</summary>
    AmbiguousKeyId,

    /// <summary><c>use</c> is <c>x509-svid</c>, and the first element of <c>x5c</c> is no certification authority's certificate.</summary>
    NoTrustAnchor,
}

/// <summary>A key of a set that is not used.</summary>
/// <param name="Index">Its place in <c>keys</c>, from 0.</param>
/// <param name="KeyId">Its <c>kid</c>, if it has one.</param>
/// <param name="Reason">Why it is not used.</param>
/// <param name="Detail">With <see cref="SkipReason.NotAccepted"/>: what exactly.</param>
public sealed record SkippedKey(int Index, string? KeyId, SkipReason Reason, JwkRefusal? Detail = null);
