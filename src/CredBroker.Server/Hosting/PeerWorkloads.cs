using System.Runtime.CompilerServices;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Tokens;
using CredBroker.Server.Attestation;
using CredBroker.Server.Keys;
using Microsoft.AspNetCore.Http;

namespace CredBroker.Server.Hosting;

/// <summary>Who the connection itself proves its other end to be.</summary>
/// <param name="Caller">The workload and the administrator, as far as the connection knows; nobody when it proves nothing.</param>
internal sealed record ConnectionPeer(Caller Caller)
{
    public static ConnectionPeer Nobody { get; } = new(Caller.Anonymous);

    /// <summary>
    /// True when an identity token belongs to this very peer: the kernel's peer is the token's workload, or the token is bound to the
    /// connection's certificate. Then the connection is the proof of possession (RFC 8705 section 3; unix(7)).
    /// </summary>
    public bool Vouches(TokenContent token) => Caller.Proof switch
    {
        CallerProof.UnixPeer => Caller.Workload == token.Subject,
        CallerProof.Mtls => Caller.Workload == token.Subject && Caller.Binding == token.Binding,
        _ => false,
    };
}

/// <summary>
/// Finds the workload, and the administrator, that a connection proves: by the kernel's word on a Unix socket, or by an X.509-SVID. Asked
/// at every call, answered from the connection until the catalog changes.
/// </summary>
internal sealed class PeerWorkloads(ExecutableHashes hashes, TimeProvider clock)
{
    // By peer, not in the connection's items: calls of one connection run at once, and those are for one thread.
    private static readonly ConditionalWeakTable<UnixPeer, Remembered> s_known = [];
    private static readonly uint s_ownUser = NativeMethods.EffectiveUser();

    public async ValueTask<ConnectionPeer> OfAsync(HttpContext http, CatalogSnapshot snapshot, CancellationToken ct)
    {
        if (UnixPeer.Of(http) is { } peer)
        {
            if (!s_known.TryGetValue(peer, out var known) || !ReferenceEquals(known.Snapshot, snapshot))
            {
                known = new(snapshot, await OfUnixAsync(peer, snapshot, ct));
                s_known.AddOrUpdate(peer, known);
            }

            // Last, so that it covers all that was read before: a process that died, or became another, vouches for nobody.
            return peer.Check(clock) is null ? known.Peer : ConnectionPeer.Nobody;
        }

        return ClientCertificates.Of(http, snapshot, clock.GetUtcNow()) is { } svid ? OfCertificate(svid, snapshot) : ConnectionPeer.Nobody;
    }

    private async ValueTask<ConnectionPeer> OfUnixAsync(UnixPeer peer, CatalogSnapshot snapshot, CancellationToken ct)
    {
        var facts = await UnixEvidence.FactsAsync(peer, snapshot.Catalog, hashes, ct);
        var caller = WorkloadMatch.Find(snapshot.Catalog, facts) is WorkloadMatch.One one ? WorkloadOf(one.Workload, EvidenceKind.UnixPeer) : new Caller();
        var admin = snapshot.Catalog.Admins.Values.FirstOrDefault(admin => admin.Proof is AdminProof.UnixUser user && user.Uid == peer.Uid);
        // The user that runs the broker could read its memory anyway, and root everybody's: they need no entry in the catalog.
        var owns = peer.Uid == 0 || peer.Uid == s_ownUser;
        return new(caller with
        {
            Proof = CallerProof.UnixPeer,
            Admin = admin?.Name.ToString() ?? (owns ? $"uid:{peer.Uid}" : null),
            Roles = owns ? AdminRoles.All : admin?.Roles ?? AdminRoles.None,
            Owns = owns,
        });
    }

    private static ConnectionPeer OfCertificate(X509SvidOutcome.Verified svid, CatalogSnapshot snapshot)
    {
        var match = WorkloadMatch.Find(snapshot.Catalog, new AttestedPeer.X509(svid.SpiffeId));
        var admin = snapshot.Catalog.Admins.Values.FirstOrDefault(admin => admin.Proof is AdminProof.Mtls mtls && mtls.SpiffeId == svid.SpiffeId);
        var caller = match is WorkloadMatch.One one ? WorkloadOf(one.Workload, EvidenceKind.X509Peer) : new Caller();
        return new(caller with
        {
            Proof = CallerProof.Mtls, Binding = new Binding.X5tS256(svid.Thumbprint), Admin = admin?.Name.ToString(), Roles = admin?.Roles ?? AdminRoles.None,
        });
    }

    private static Caller WorkloadOf(Workload workload, EvidenceKind by) => new()
    {
        Workload = workload.SpiffeId, WorkloadName = workload.Name.ToString(), AttestedBy = by, Serves = workload.Serves, CallsPerSecond = workload.Limits.CallsPerSecond,
    };

    private sealed record Remembered(CatalogSnapshot Snapshot, ConnectionPeer Peer);
}
