namespace CredBroker.Core.Identity;

/// <summary>Makes and verifies DPoP proofs (RFC 9449 section 4): signed statements that a request comes from the holder of a key.</summary>
public static class DpopProof
{
    /// <summary>How old a proof may be: 60 s, which a <see cref="ReplaySet"/> has to remember.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    /// <summary>How far a caller's clock may run ahead of ours.</summary>
    public static readonly TimeSpan FutureSkew = TimeSpan.FromSeconds(5);

    /// <summary>Most characters of a <c>jti</c>.</summary>
    public const int MaxJtiLength = 128;

    private const string Type = "dpop+jwt";

    /// <summary>
    /// Verifies a proof against the request that it came with. Never throws on any proof. It does not look for replays, since only a
    /// <see cref="ReplaySet"/> can, and only after this said yes.
    /// </summary>
    /// <param name="proof">The one value of the <c>dpop</c> header; the caller has made sure that there was exactly one.</param>
    /// <param name="request">What it has to be about.</param>
    /// <param name="keys">Imported keys; a proof by a new key costs 260 us, by a known one 82 us.</param>
    /// <param name="now">The time of the request.</param>
    public static DpopOutcome Verify(ReadOnlySpan<char> proof, in DpopRequest request, VerificationKeyCache keys, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (!CompactJws.TryParse(proof, JwsLimits.Dpop, out var jws, out var malformed))
        {
            return new DpopOutcome.Refused(malformed == JwsRefusal.AlgorithmNotAllowed ? DpopRefusal.Algorithm : DpopRefusal.Malformed, malformed);
        }
        if (jws.Header.Type != Type) return new DpopOutcome.Refused(DpopRefusal.WrongType);
        if (jws.Header.Algorithm != JwsAlgorithm.ES256) return new DpopOutcome.Refused(DpopRefusal.Algorithm);
        if (!PublicJwk.TryParse(jws.Header.EmbeddedKey.GetValueOrDefault(), out var jwk, out _)) return new DpopOutcome.Refused(DpopRefusal.Key);
        if (!jwk.Allows(JwsAlgorithm.ES256)) return new DpopOutcome.Refused(DpopRefusal.Key);
        if (request.Key is { } expected && expected != jwk.Thumbprint) return new DpopOutcome.Refused(DpopRefusal.OtherKey);
        if (CheckClaims(jws.Claims, request, now, out var jti, out var issuedAt) is { } refusal) return new DpopOutcome.Refused(refusal);
        return keys.TryGet(jwk, out var key) && key.Verify(jws)
            ? new DpopOutcome.Verified(jwk.Thumbprint, jti, issuedAt)
            : new DpopOutcome.Refused(DpopRefusal.Signature);
    }

    /// <summary>Makes a proof (the caller's side).</summary>
    /// <param name="key">The key to prove possession of.</param>
    /// <param name="method">The HTTP method: <c>POST</c> for gRPC.</param>
    /// <param name="target">The URI without query and fragment, under the broker's public origin: becomes <c>htu</c>.</param>
    /// <param name="now">The time: becomes <c>iat</c>, in whole seconds.</param>
    /// <param name="jti">Never used before with this key, 1 to 128 characters: at least 96 random bits.</param>
    /// <param name="token">The hash of the token that is sent along, if one is.</param>
    /// <param name="nonce">The last nonce that the server gave, if it gave one.</param>
    public static string Create(
        EphemeralKey key, string method, string target, DateTimeOffset now, string jti, AccessTokenHash? token = null, string? nonce = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentException.ThrowIfNullOrEmpty(method);
        ArgumentException.ThrowIfNullOrEmpty(target);
        ArgumentException.ThrowIfNullOrEmpty(jti);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(jti.Length, MaxJtiLength);
        return key.Proofs.Write(key.PrivateKey, (method, target, now, jti, token, nonce), static (json, claims) =>
        {
            json.WriteString("jti", claims.jti);
            json.WriteString("htm", claims.method);
            json.WriteString("htu", claims.target);
            json.WriteNumber("iat", claims.now.ToUnixTimeSeconds());
            if (claims.token is { } hash) json.WriteString("ath", hash.ToString());
            if (claims.nonce is not null) json.WriteString("nonce", claims.nonce);
        });
    }

    private static DpopRefusal? CheckClaims(
        JwtClaims claims, in DpopRequest request, DateTimeOffset now, out string jti, out DateTimeOffset issuedAt)
    {
        issuedAt = default;
        if (claims.ReadString("jti", out jti) != ClaimState.Present || jti.Length > MaxJtiLength) return DpopRefusal.Jti;
        if (claims.ReadString("htm", out var method) != ClaimState.Present || method != request.Method) return DpopRefusal.Method;
        if (claims.ReadString("htu", out var target) != ClaimState.Present || !IsTarget(target, request)) return DpopRefusal.Target;
        if (claims.ReadNumericDate("iat", out issuedAt) != ClaimState.Present || issuedAt < now - MaxAge) return DpopRefusal.TooOld;
        if (issuedAt > now + FutureSkew) return DpopRefusal.FromTheFuture;
        if (!IsTokenHash(claims, request.Token)) return DpopRefusal.TokenHash;
        return request.Nonces is null || (claims.ReadString("nonce", out var nonce) == ClaimState.Present && request.Nonces.Accepts(nonce, now))
            ? null
            : DpopRefusal.Nonce;
    }

    private static bool IsTarget(string target, in DpopRequest request) =>
        PublicOrigin.TrySplit(target, out var origin, out var path)
        && path.SequenceEqual(request.Path)
        && request.Origins.Contains(origin);

    // Without a token there must be no ath: a proof made for use with a token is not one for attesting.
    private static bool IsTokenHash(JwtClaims claims, AccessTokenHash? token) => claims.ReadString("ath", out var text) switch
    {
        ClaimState.Absent => token is null,
        ClaimState.Present => token is not null && AccessTokenHash.TryParse(text, out var hash) && hash == token,
        _ => false,
    };
}
