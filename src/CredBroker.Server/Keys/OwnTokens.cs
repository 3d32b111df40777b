using CredBroker.Core.Identity;
using CredBroker.Core.Tokens;

namespace CredBroker.Server.Keys;

/// <summary>Verifies tokens that this broker, on any replica, signed: identity tokens and minted tokens alike.</summary>
internal sealed class OwnTokens(PublicKeys keys, VerifiedTokens verified, BrokerOptions options)
{
    /// <summary>The <c>iss</c> of every token of ours.</summary>
    public string Issuer => options.Issuer;

    /// <summary>What the token says, or null when it is not one of ours. Whether it is alive is for the caller to ask.</summary>
    public async ValueTask<TokenContent?> VerifyAsync(string token, CancellationToken ct) => Find(token, out var unverified)
        ?? (unverified is not null && await VerifyAsync(unverified, issued: null, ct) ? unverified.Content : null);

    /// <summary>What the token says when it was verified before; else null, and the token as far as it reads as one of ours.</summary>
    public TokenContent? Find(string token, out UnverifiedToken? unverified)
    {
        unverified = null;
        if (token.Length > JwsLimits.Token.MaxLength) return null;
        var hash = AccessTokenHash.Of(token);
        if (verified.TryGet(hash, out var known) && keys.Knows(known!.KeyId)) return known;
        if (!CompactJws.TryParse(token, JwsLimits.Token, out var jws, out _)) return null;
        if (jws.Header is not { Algorithm: JwsAlgorithm.ES256, Type: "at+jwt", KeyId: { } keyId }) return null;
        if (Read(jws, keyId) is { } content) unverified = new(hash, jws, content);
        return null;
    }

    /// <summary>
    /// True when the token is one of ours: its key is published, and it is the very text that a replica recorded when it signed it
    /// (decision 15), or else its signature verifies, as that of a token that was signed again for a repeated request.
    /// </summary>
    /// <param name="token">What reads as one of ours.</param>
    /// <param name="issued">The recorded hash of the token with that id, 32 bytes; null: none is known.</param>
    /// <param name="ct">Gives up the look for the key.</param>
    public async ValueTask<bool> VerifyAsync(UnverifiedToken token, byte[]? issued, CancellationToken ct)
    {
        if (await keys.FindAsync(token.Content.KeyId, ct) is not { } key) return false;
        if (!(issued is not null && token.Hash.Is(issued)) && !key.Verify(token.Jws)) return false;
        verified.Add(token.Hash, token.Content);
        return true;
    }

    private TokenContent? Read(CompactJws jws, string keyId)
    {
        var claims = jws.Claims;
        return claims.ReadString("iss", out var issuer) == ClaimState.Present && issuer == options.Issuer
            && claims.ReadString("aud", out var audience) == ClaimState.Present
            && claims.ReadString("sub", out var subject) == ClaimState.Present && SpiffeId.TryParse(subject, out var workload)
            && claims.ReadString("jti", out var jti) == ClaimState.Present && Jti.TryParse(jti, out var id)
            && claims.ReadNumericDate("iat", out var issuedAt) == ClaimState.Present
            && claims.ReadNumericDate("exp", out var expiresAt) == ClaimState.Present
            && BindingOf(claims) is { } binding
            ? new(
                keyId, audience, workload, id.Value, IsMinted: claims.ReadString("task", out _) != ClaimState.Absent, binding,
                KindOf(claims, EvidenceKinds.Claim), KindOf(claims, EvidenceKinds.ClientClaim), issuedAt, expiresAt)
            : null;
    }

    private static EvidenceKind? KindOf(JwtClaims claims, string claim) =>
        claims.ReadString(claim, out var word) == ClaimState.Present ? EvidenceKinds.Of(word) : null;

    private static Binding? BindingOf(JwtClaims claims)
    {
        switch (claims.ReadObject("cnf", out var cnf))
        {
            case ClaimState.Absent:
                return new Binding.Bearer();
            case ClaimState.Present when cnf.ReadString("jkt", out var jkt) == ClaimState.Present:
                return Binding.TryParse($"jkt:{jkt}", out var key) ? key : null;
            case ClaimState.Present when cnf.ReadString("x5t#S256", out var x5t) == ClaimState.Present:
                return Binding.TryParse($"x5t#S256:{x5t}", out var certificate) ? certificate : null;
            default:
                return null;
        }
    }
}
