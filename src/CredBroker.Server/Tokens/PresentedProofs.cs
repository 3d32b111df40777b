using CredBroker.Core.Identity;
using CredBroker.Core.Tokens;

using CredBroker.V1;

namespace CredBroker.Server.Tokens;

/// <summary>Holds a DPoP proof that a backend received against the request that the backend received it with (RFC 9449 section 4.3).</summary>
internal sealed class PresentedProofs(TimeProvider clock)
{
    private readonly ReplaySet _seen = new(proofsPerSecond: 10_000);
    private readonly VerificationKeyCache _keys = new();

    /// <summary>True when the proof is for exactly that request, that token and that key, and was not seen here before.</summary>
    public bool Holds(PresentedProof proof, string token, Binding binding)
    {
        if (binding is not Binding.Jkt { Thumbprint: var key } || !DpopRequest.TryFor(proof.Method, proof.Uri, out var request)) return false;
        var now = clock.GetUtcNow();
        return DpopProof.Verify(proof.Dpop, request with { Token = AccessTokenHash.Of(token), Key = key }, _keys, now) is DpopOutcome.Verified verified
            && _seen.Add(verified, now) == ReplayOutcome.Fresh;
    }
}
