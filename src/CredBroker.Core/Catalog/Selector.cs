using System.Globalization;

namespace CredBroker.Core.Catalog;

/// <summary>What a <see cref="Selector"/> speaks of.</summary>
public enum SelectorKind
{
    /// <summary>User id at connect time. A boundary.</summary>
    UnixUid = 1,

    /// <summary>Primary group id at connect time. A boundary.</summary>
    UnixGid = 2,

    /// <summary>A group of the peer, primary or supplementary. A boundary.</summary>
    UnixGroup = 3,

    /// <summary>The peer is in this cgroup or below it. A boundary.</summary>
    UnixCgroup = 4,

    /// <summary>Path of the executable, of a peer in the broker's own mount namespace. Tells honest programs of one uid apart.</summary>
    UnixExecutable = 5,

    /// <summary>SHA-256 of the executable, 64 lower-case hexadecimal digits. Tells honest programs of one uid apart.</summary>
    UnixSha256 = 6,

    /// <summary>The trust domain whose keys verified a JWT.</summary>
    JwtTrustDomain = 7,

    /// <summary>The <c>sub</c> of a JWT.</summary>
    JwtSubject = 8,

    /// <summary>A top-level claim of a JWT that is a text.</summary>
    JwtClaim = 9,

    /// <summary>The SPIFFE ID of an X.509-SVID.</summary>
    X509SpiffeId = 10,

    /// <summary>A one-time secret made for the workload of this name.</summary>
    JoinToken = 11,
}

/// <summary>One fact about a workload's process or document that evidence proves.</summary>
/// <param name="Kind">What it speaks of.</param>
/// <param name="Value">The value, compared by code unit.</param>
/// <param name="Claim">The claim's name; null for every kind but <see cref="SelectorKind.JwtClaim"/>.</param>
public readonly record struct Selector(SelectorKind Kind, string Value, string? Claim = null)
{
    private const string UserSlice = "/user.slice";

    /// <summary>True for what separates users and containers from each other, not only programs of one user.</summary>
    /// <remarks>What lies below user.slice is delegated to its user by systemd, who moves processes there as he likes.</remarks>
    public bool IsBoundary => Kind switch
    {
        SelectorKind.UnixExecutable or SelectorKind.UnixSha256 => false,
        SelectorKind.UnixCgroup => Value != UserSlice && !Value.StartsWith(UserSlice + "/", StringComparison.Ordinal),
        _ => true,
    };

    /// <summary>For people: <c>unix:uid:1000</c>.</summary>
    public override string ToString() => Kind switch
    {
        SelectorKind.UnixUid => $"unix:uid:{Value}",
        SelectorKind.UnixGid => $"unix:gid:{Value}",
        SelectorKind.UnixGroup => $"unix:group:{Value}",
        SelectorKind.UnixCgroup => $"unix:cgroup:{Value}",
        SelectorKind.UnixExecutable => $"unix:executable:{Value}",
        SelectorKind.UnixSha256 => $"unix:sha256:{Value}",
        SelectorKind.JwtTrustDomain => $"jwt:trust_domain:{Value}",
        SelectorKind.JwtSubject => $"jwt:subject:{Value}",
        SelectorKind.JwtClaim => $"jwt:claim:{Claim}={Value}",
        SelectorKind.X509SpiffeId => $"x509:spiffe_id:{Value}",
        SelectorKind.JoinToken => $"join_token:{Value}",
        _ => "none",
    };

    internal static Selector Of(SelectorKind kind, uint id) => new(kind, id.ToString(CultureInfo.InvariantCulture));

    /// <summary>This one, and all that hold wherever it does: a primary group is a group, a cgroup is within its parents.</summary>
    internal IEnumerable<Selector> Implied()
    {
        yield return this;
        if (Kind == SelectorKind.UnixGid)
            yield return this with { Kind = SelectorKind.UnixGroup };
        if (Kind != SelectorKind.UnixCgroup)
            yield break;
        for (var end = Value.LastIndexOf('/'); end > 0; end = Value.LastIndexOf('/', end - 1))
            yield return this with { Value = Value[..end] };
    }
}
