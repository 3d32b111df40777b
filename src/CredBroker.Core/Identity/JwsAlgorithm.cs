namespace CredBroker.Core.Identity;

/// <summary>The signature algorithms that we accept (RFC 7518 section 3.1). The key decides which; the header only has to agree.</summary>
public enum JwsAlgorithm
{
    /// <summary>ECDSA on P-256 with SHA-256; the only one that we sign with.</summary>
    ES256 = 1,

    /// <summary>ECDSA on P-384 with SHA-384.</summary>
    ES384,

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256.</summary>
    RS256,

    /// <summary>RSASSA-PSS with SHA-256 and a salt of 32 bytes.</summary>
    PS256,
}

/// <summary>The names of <see cref="JwsAlgorithm"/> on the wire.</summary>
public static class JwsAlgorithmNames
{
    /// <summary>The algorithm of exactly this name (case-sensitive, RFC 7515 section 4.1.1), or <see langword="null"/>.</summary>
    public static JwsAlgorithm? Parse(string? name) => name switch
    {
        "ES256" => JwsAlgorithm.ES256,
        "ES384" => JwsAlgorithm.ES384,
        "RS256" => JwsAlgorithm.RS256,
        "PS256" => JwsAlgorithm.PS256,
        _ => null,
    };
}
