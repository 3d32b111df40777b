using System.Globalization;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Catalog;
using Microsoft.AspNetCore.Http;

namespace CredBroker.Server.Attestation;

/// <summary>Evidence of kind <c>unix_peer</c>: the kernel's word on the process at the other end of the socket.</summary>
internal sealed class UnixEvidence(ExecutableHashes hashes)
{
    /// <summary>The name of this kind in the record.</summary>
    public const string Kind = "unix_peer";

    /// <summary>Looks at the process again, and says what it is now.</summary>
    public async Task<EvidenceReading> ReadAsync(HttpContext http, BrokerCatalog catalog, CancellationToken ct)
    {
        if (UnixPeers.Of(http, out var fault) is not { } peer)
            return Refuse(fault is null ? Reason.NoPeerEvidence : ReasonOf(fault.Value), fault, []);

        var facts = await FactsAsync(peer, catalog, hashes, ct);
        // After everything was read, the hash included: a process that is still the same now was it all along.
        return peer.Recheck() is { } changed
            ? Refuse(ReasonOf(changed), changed, TraceOf(peer, facts))
            : new EvidenceReading.Verified(facts, null, new(Kind, TraceOf(peer, facts)));
    }

    /// <summary>The facts of a peer; the executable's hash is among them only where some workload could match by it.</summary>
    public static async Task<AttestedPeer.Unix> FactsAsync(UnixPeer peer, BrokerCatalog catalog, ExecutableHashes hashes, CancellationToken ct)
    {
        var facts = new AttestedPeer.Unix
        {
            Uid = peer.Uid, Gid = peer.Gid, Groups = [.. peer.Groups], Cgroup = peer.ControlGroup?.Path, Executable = peer.Executable?.Path,
        };
        if (peer.Executable is not { } executable || !WorkloadMatch.NeedsHash(catalog, facts))
            return facts;
        return await hashes.OfAsync(executable, ct) is { } hash ? facts with { Sha256 = Convert.ToHexStringLower(hash) } : facts;
    }

    private static Reason ReasonOf(UnixPeerFault fault) => fault == UnixPeerFault.NoPidFd ? Reason.NoPeerPidfd : Reason.PeerGone;

    private static EvidenceReading.Refused Refuse(Reason reason, UnixPeerFault? fault, IReadOnlyList<(string, string)> trace) =>
        new(new Refusal(reason, Detail: fault?.ToString()), new EvidenceTrace(Kind, trace));

    private static List<(string Name, string Value)> TraceOf(UnixPeer peer, AttestedPeer.Unix facts)
    {
        List<(string, string)> trace =
        [
            ("pid", Number(peer.Pid)), ("start_ticks", Number(peer.StartTicks)), ("uid", Number(peer.Uid)), ("gid", Number(peer.Gid)),
        ];
        Add("executable", facts.Executable);
        Add("sha256", facts.Sha256);
        Add("cgroup", facts.Cgroup);
        Add("container", peer.ControlGroup?.ContainerId);
        return trace;

        void Add(string name, string? value)
        {
            if (value is not null)
                trace.Add((name, value));
        }
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
