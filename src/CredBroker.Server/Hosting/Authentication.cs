using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.Core.Tokens;
using CredBroker.Server.Keys;
using CredBroker.Server.Storage;
using Microsoft.AspNetCore.Http;

namespace CredBroker.Server.Hosting;

/// <summary>Who a call comes from, or why that cannot be said. Closed.</summary>
internal abstract record Authenticated
{
    private Authenticated()
    {
    }

    public sealed record As(Caller Caller) : Authenticated;

    /// <param name="Refusal">Why.</param>
    /// <param name="Nonce">The DPoP nonce to use, when that is what was missing (RFC 9449 section 8).</param>
    public sealed record Refused(Refusal Refusal, string? Nonce = null) : Authenticated;
}

/// <summary>
/// Finds out who calls: the kernel's word over the Unix socket, the client certificate of the connection, an identity token with a DPoP
/// proof, or two of them where they agree. An identity token that belongs to the very peer or certificate of the connection needs no
/// proof; any other is worth nothing without one (RFC 9449 section 7).
/// </summary>
internal sealed class Authentication(
    LiveCatalog catalog, OwnTokens tokens, DpopGate dpop, PeerWorkloads peers, BrokerOptions options, TimeProvider clock)
{
    /// <summary>The caller of one call. Nobody in particular is an answer too: the RPC's row says whether that is enough.</summary>
    public async ValueTask<Authenticated> OfAsync(HttpContext http, string method, CancellationToken ct)
    {
        var snapshot = catalog.Current;
        var connection = await peers.OfAsync(http, snapshot, ct);
        var header = http.Request.Headers.Authorization;
        if (header.Count == 0) return new Authenticated.As(connection.Caller);
        if (header.Count > 1 || header[0] is not { } value || !value.StartsWith("DPoP ", StringComparison.OrdinalIgnoreCase))
            return Refuse(Reason.IdentityTokenRefused, "one authorization value of scheme DPoP is expected");

        var text = value[5..];
        if (await tokens.VerifyAsync(text, ct) is not { } token) return Refuse(Reason.IdentityTokenRefused, "not a live identity token");
        // A minted token's subject is on whose behalf, not who acts: were a tool's audience ever the broker's, a child would be its parent.
        if (token.IsMinted || token.Audience != options.Issuer || token.ExpiresAt <= clock.GetUtcNow())
            return Refuse(Reason.IdentityTokenRefused, "not a live identity token");
        if (token.AttestedBy is not { } attestedBy || snapshot.Catalog.FindWorkload(token.Subject) is not { } workload)
            return Refuse(Reason.IdentityTokenRefused, "not a live identity token");

        if (!connection.Vouches(token))
        {
            if (token.Binding is not Binding.Jkt { Thumbprint: var thumbprint })
                return Refuse(Reason.ProofRefused, "the token is bound to another connection's certificate");
            var verdict = dpop.Check(http, method, text, thumbprint);
            if (verdict.Refusal is { } refusal) return new Authenticated.Refused(refusal, verdict.Nonce);
        }

        var caller = connection.Caller with
        {
            Proof = connection.Vouches(token) ? connection.Caller.Proof : CallerProof.Dpop,
            Workload = workload.SpiffeId,
            WorkloadName = workload.Name.ToString(),
            AttestedBy = connection.Vouches(token) ? connection.Caller.AttestedBy : attestedBy,
            Binding = token.Binding,
            Serves = workload.Serves,
            CallsPerSecond = workload.Limits.CallsPerSecond,
        };
        return new Authenticated.As(caller);
    }

    private static Authenticated.Refused Refuse(Reason reason, string detail) => new(new Refusal(reason, Detail: detail));
}
