using System.Collections.Immutable;
using System.Diagnostics;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Catalog;

/// <summary>
/// What verified evidence says, as facts for <see cref="WorkloadMatch"/>. Whoever makes one has checked signature, chain, lifetime
/// and audience, or has the kernel's word. Closed: <see cref="Unix"/>, <see cref="Jwt"/>, <see cref="X509"/>, <see cref="JoinToken"/>.
/// </summary>
public abstract record AttestedPeer
{
    private AttestedPeer()
    {
    }

    /// <summary>What kind of evidence it is.</summary>
    internal EvidenceKind Kind => this switch
    {
        Unix => EvidenceKind.UnixPeer,
        Jwt => EvidenceKind.Jwt,
        X509 => EvidenceKind.X509Peer,
        JoinToken => EvidenceKind.JoinToken,
        _ => throw new UnreachableException(),
    };

    /// <summary>Every selector that holds of it.</summary>
    internal abstract IEnumerable<Selector> Selectors { get; }

    /// <summary>The process at the other end of the Unix socket.</summary>
    public sealed record Unix : AttestedPeer
    {
        /// <summary>User id at connect time (SO_PEERCRED).</summary>
        public required uint Uid { get; init; }

        /// <summary>Primary group id at connect time (SO_PEERCRED).</summary>
        public required uint Gid { get; init; }

        /// <summary>Supplementary groups (SO_PEERGROUPS).</summary>
        public ImmutableArray<uint> Groups { get; init; } = [];

        /// <summary>The cgroup's absolute path; null: not known.</summary>
        public string? Cgroup { get; init; }

        /// <summary>
        /// Absolute path of the executable; null unless the peer is in the broker's own mount namespace and the file is still there:
        /// elsewhere the same path names another file.
        /// </summary>
        public string? Executable { get; init; }

        /// <summary>
        /// SHA-256 of the executable, 64 lower-case hexadecimal digits; null until <see cref="WorkloadMatch.NeedsHash"/> asks for it.
        /// </summary>
        public string? Sha256 { get; init; }

        internal override IEnumerable<Selector> Selectors =>
        [
            Selector.Of(SelectorKind.UnixUid, Uid),
            .. Selector.Of(SelectorKind.UnixGid, Gid).Implied(),
            .. Groups.Select(g => Selector.Of(SelectorKind.UnixGroup, g)),
            .. Cgroup is null ? [] : new Selector(SelectorKind.UnixCgroup, Cgroup).Implied(),
            .. Executable is null ? [] : (Selector[])[new(SelectorKind.UnixExecutable, Executable)],
            .. Sha256 is null ? [] : (Selector[])[new(SelectorKind.UnixSha256, Sha256)],
        ];
    }

    /// <summary>A verified JWT.</summary>
    /// <param name="TrustDomain">The trust domain whose keys verified it.</param>
    /// <param name="Subject">Its <c>sub</c>.</param>
    /// <param name="Claims">Its other top-level claims that are texts; no other type is ever matched.</param>
    public sealed record Jwt(TrustDomain TrustDomain, string Subject, IReadOnlyDictionary<string, string> Claims) : AttestedPeer
    {
        internal override IEnumerable<Selector> Selectors =>
        [
            new(SelectorKind.JwtTrustDomain, TrustDomain.ToString()),
            new(SelectorKind.JwtSubject, Subject),
            .. Claims.Select(c => new Selector(SelectorKind.JwtClaim, c.Value, c.Key)),
        ];
    }

    /// <summary>A verified X.509-SVID.</summary>
    /// <param name="SpiffeId">The SPIFFE ID in it.</param>
    public sealed record X509(SpiffeId SpiffeId) : AttestedPeer
    {
        internal override IEnumerable<Selector> Selectors => [new(SelectorKind.X509SpiffeId, SpiffeId.ToString())];
    }

    /// <summary>A join token that was known, alive and is now consumed.</summary>
    /// <param name="Workload">The workload that it was made for.</param>
    public sealed record JoinToken(CatalogName Workload) : AttestedPeer
    {
        internal override IEnumerable<Selector> Selectors => [new(SelectorKind.JoinToken, Workload.ToString())];
    }
}
