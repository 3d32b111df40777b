namespace CredBroker.Core.Identity;

/// <summary>
/// Why a text is not a compact JWS as we accept it (RFC 7515, narrowed by RFC 8725). Found before any key is looked at, in this order.
/// </summary>
public enum JwsRefusal
{
    /// <summary>Longer than the caller's limit; nothing else was looked at.</summary>
    TooLong = 1,

    /// <summary>A character outside <c>A-Z a-z 0-9 - _ .</c>: padding, white space, the standard base64 alphabet.</summary>
    ForbiddenCharacter,

    /// <summary>Not exactly three parts (a JWE has five), or an empty one.</summary>
    WrongPartCount,

    /// <summary>A part is not canonical base64url: impossible length or non-zero trailing bits.</summary>
    NonCanonicalBase64Url,

    /// <summary>Header or payload is not valid UTF-8, or has half a surrogate pair.</summary>
    InvalidText,

    /// <summary>Header or payload nests deeper than 16.</summary>
    TooDeep,

    /// <summary>A member name occurs twice in one object.</summary>
    DuplicateMember,

    /// <summary>Header or payload is not JSON (RFC 8259), or not an object.</summary>
    MalformedJson,

    /// <summary><c>crit</c> is present: we understand no extension, so each must be refused (RFC 7515 section 4.1.11).</summary>
    CriticalHeader,

    /// <summary><c>b64</c>, <c>zip</c> or <c>enc</c>: the payload would not be what it seems.</summary>
    TransformedPayload,

    /// <summary><c>jku</c>, <c>x5u</c>, <c>x5c</c>, or a <c>jwk</c> where none is allowed: keys come from configuration, never from the token.</summary>
    ForeignKey,

    /// <summary><c>jwk</c> is missing where it is demanded (DPoP), or is not an object.</summary>
    EmbeddedKeyMissing,

    /// <summary>A header member that is not on the allow-list.</summary>
    UnknownHeader,

    /// <summary>A header member has the wrong JSON type or is empty.</summary>
    MalformedHeader,

    /// <summary><c>alg</c> is missing, or not exactly one of ES256, ES384, RS256, PS256.</summary>
    AlgorithmNotAllowed,
}
