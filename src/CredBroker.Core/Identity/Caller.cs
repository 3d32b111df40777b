using CredBroker.Core.Tokens;

namespace CredBroker.Core.Identity;

/// <summary>How a caller proved itself on one call.</summary>
public enum CallerProof
{
    /// <summary>It did not.</summary>
    None = 0,

    /// <summary>The kernel vouches for the process at the other end of the Unix socket.</summary>
    UnixPeer = 1,

    /// <summary>An X.509-SVID on the connection (RFC 8705).</summary>
    Mtls = 2,

    /// <summary>An identity token with a DPoP proof (RFC 9449).</summary>
    Dpop = 3,
}

/// <summary>Who makes a call: a workload, an administrator, both (a person's own uid on a development machine), or nobody.</summary>
public sealed record Caller
{
    /// <summary>A caller that proved nothing.</summary>
    public static Caller Anonymous { get; } = new();

    /// <summary>How it proved itself.</summary>
    public CallerProof Proof { get; init; }

    /// <summary>The workload, or null.</summary>
    public SpiffeId? Workload { get; init; }

    /// <summary>The catalog's name for the workload, or null.</summary>
    public string? WorkloadName { get; init; }

    /// <summary>What the workload proved itself with; null when there is no workload.</summary>
    public EvidenceKind? AttestedBy { get; init; }

    /// <summary>What tokens minted by this caller are bound to: the key that Attest saw, or the client certificate; null: no key.</summary>
    public Binding? Binding { get; init; }

    /// <summary>Audiences that the workload serves as a backend.</summary>
    public IReadOnlyCollection<string> Serves { get; init; } = [];

    /// <summary>Calls per second that the catalog gives the workload; null: the broker's default.</summary>
    public int? CallsPerSecond { get; init; }

    /// <summary>The administrator's name, or null.</summary>
    public string? Admin { get; init; }

    /// <summary>The administrator's roles.</summary>
    public AdminRoles Roles { get; init; }

    /// <summary>True: the user that runs the broker, or root, who have every role whatever the catalog says.</summary>
    public bool Owns { get; init; }

    /// <summary>The name for records and request ids: the SPIFFE ID, <c>admin:</c> and a name, or <c>anonymous</c>.</summary>
    public string Name => Workload?.ToString() ?? (Admin is null ? "anonymous" : $"admin:{Admin}");
}
