using System.Security.Cryptography;
using CredBroker.Core;
using CredBroker.Core.Identity;
using Microsoft.AspNetCore.Http;

namespace CredBroker.Server.Hosting;

/// <summary>What the gate says of a call's proof: nothing when it holds.</summary>
internal readonly record struct DpopVerdict(Refusal? Refusal = null, string? Nonce = null);

/// <summary>Holds the DPoP proof of a call against the call (RFC 9449 section 4.3), each proof once.</summary>
internal sealed class DpopGate(BrokerOptions options, PublicOrigins origins, TimeProvider clock)
{
    // 10,000 proofs in one second, more than two cores verify: about 16 MB.
    private readonly ReplaySet _seen = new(proofsPerSecond: 10_000);
    private readonly VerificationKeyCache _keys = new();
    private readonly DpopNonce? _nonces = options.DpopNonces ? new(RandomNumberGenerator.GetBytes(32)) : null;

    /// <summary>Checks the one <c>dpop</c> header of a call that carries a token bound to a key.</summary>
    public DpopVerdict Check(HttpContext http, string method, string token, JwkThumbprint key)
    {
        var header = http.Request.Headers["dpop"];
        if (header is not [{ } proof] || proof.Contains(',', StringComparison.Ordinal))
            return Refuse(Reason.ProofRefused, "exactly one dpop proof is expected");

        var now = clock.GetUtcNow();
        var request = new DpopRequest { Path = method, Origins = origins.All, Token = AccessTokenHash.Of(token), Key = key, Nonces = _nonces };
        return DpopProof.Verify(proof, request, _keys, now) switch
        {
            DpopOutcome.Verified verified => _seen.Add(verified, now) switch
            {
                ReplayOutcome.Fresh => default,
                ReplayOutcome.OutsideWindow => Refuse(Reason.ProofRefused, "the proof is of a moment that is not remembered"),
                ReplayOutcome.Full => Refuse(Reason.Overloaded, "more proofs in one second than can be remembered"),
                _ => Refuse(Reason.ProofReplayed, "the proof was seen before"),
            },
            DpopOutcome.Refused { Reason: DpopRefusal.Nonce } => new(new(Reason.UseDpopNonce, Detail: "use_dpop_nonce"), _nonces!.Issue(now)),
            DpopOutcome.Refused refused => Refuse(Reason.ProofRefused, $"invalid_dpop_proof: {refused.Reason}"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static DpopVerdict Refuse(Reason reason, string detail) => new(new Refusal(reason, Detail: detail));
}
