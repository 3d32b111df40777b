using CredBroker.Core.Identity;
using CredBroker.Core.Tokens;

using CredBroker.V1;

namespace CredBroker.Server.Tokens;

/// <summary>
/// What a backend shows of whoever presented a token, held against what the token is bound to. A proof is good for one request: asked for
/// again by the same request it still is, for a backend that lost an answer has no other one.
/// </summary>
internal sealed class Possessions(TimeProvider clock)
{
    private readonly ReplaySet _seen = new(proofsPerSecond: 10_000);
    private readonly VerificationKeyCache _keys = new();
    // For which use each of the last proofs was shown first. One that is forgotten here, and not above, counts as replayed.
    private readonly BoundedCache<(JwkThumbprint Key, string Proof), AuthorizationId> _shownFor = new(capacity: 16_384);

    /// <summary>What was shown. <paramref name="received"/>: the request that the proof came with; null without one.</summary>
    public Possession Of(AuthorizeRequest shown, DpopRequest? received, Binding binding, AuthorizationId use) => binding switch
    {
        Binding.Jkt { Thumbprint: var key } when received is { } request =>
            OfProof(shown.Proof.Dpop, request with { Token = AccessTokenHash.Of(shown.Token), Key = key }, use),
        Binding.X5tS256 { Thumbprint: var certificate } when received is null && shown.CertificateX5TS256.Length > 0 =>
            shown.CertificateX5TS256 == certificate.ToString() ? Possession.Shown : Possession.Refused,
        _ => received is null ? Possession.None : Possession.Refused,
    };

    private Possession OfProof(string proof, DpopRequest request, AuthorizationId use)
    {
        var now = clock.GetUtcNow();
        if (DpopProof.Verify(proof, request, _keys, now) is not DpopOutcome.Verified verified) return Possession.Refused;
        var id = (verified.Key, verified.Jti);
        switch (_seen.Add(verified, now))
        {
            case ReplayOutcome.Fresh:
                _shownFor.Add(id, use);
                return Possession.Shown;
            case ReplayOutcome.Replayed:
                return _shownFor.TryGet(id, out var first) && first == use ? Possession.Shown : Possession.Replayed;
            default:
                return Possession.Refused;
        }
    }
}
