using CredBroker.Core.Identity;
using CredBroker.Core.Tokens;

namespace CredBroker.Server.Keys;

/// <summary>Verifies tokens that this broker, on any replica, signed: identity tokens and minted tokens alike.</summary>
internal sealed class OwnTokens(PublicKeys keys, VerifiedTokens verified, BrokerOptions options)
{
    /// <summary>The <c>iss</c> of every token of ours.</summary>
    public string Issuer => options.Issuer;

    /// <summary>What the token says, or null when it is not one of ours. Whether it is alive is for the caller to ask.</summary>
    public async ValueTask<VerifiedToken?> VerifyAsync(string token, CancellationToken ct)
    {
        if (verified.TryGet(token, out var known) && keys.Knows(known!.KeyId)) return known;
        if (!CompactJws.TryParse(token, JwsLimits.Token, out var jws, out _)) return null;
        if (jws.Header is not { Algorithm: JwsAlgorithm.ES256, Type: "at+jwt", KeyId: { } keyId }) return null;
        if (await keys.FindAsync(keyId, ct) is not { } key || !key.Verify(jws)) return null;
        if (Read(jws, keyId) is not { } read) return null;
        verified.Add(token, read);
        return read;
    }

    /// <summary>Remembers a token that this replica has just signed and verified.</summary>
    public void Remember(string token, VerifiedToken signed) => verified.Add(token, signed);

    private VerifiedToken? Read(CompactJws jws, string keyId)
    {
        var claims = jws.Claims;
        return claims.ReadString("iss", out var issuer) == ClaimState.Present && issuer == options.Issuer
            && claims.ReadString("aud", out var audience) == ClaimState.Present
            && claims.ReadString("sub", out var subject) == ClaimState.Present && SpiffeId.TryParse(subject, out var workload)
            && claims.ReadString("jti", out var jti) == ClaimState.Present && Guid.TryParseExact(jti, "D", out var id)
            && claims.ReadNumericDate("iat", out var issuedAt) == ClaimState.Present
            && claims.ReadNumericDate("exp", out var expiresAt) == ClaimState.Present
            && BindingOf(claims) is { } binding
            ? new(keyId, audience, workload, id, binding, issuedAt, expiresAt)
            : null;
    }

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
