using System.Collections.Immutable;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Catalog;

/// <summary>A person or a program that administers the broker.</summary>
/// <param name="Name">What audit and approvals call it.</param>
/// <param name="Proof">How it proves itself.</param>
/// <param name="Roles">What it may do; at least one.</param>
public sealed record Admin(CatalogName Name, AdminProof Proof, AdminRoles Roles)
{
    /// <summary>What tasks call this person when they run on its behalf: it decides no approval of theirs.</summary>
    public ImmutableArray<string> Initiators { get; init; } = [];

    /// <summary>The owners of workloads that this person belongs to: it decides no approval for their workloads.</summary>
    public ImmutableArray<string> Teams { get; init; } = [];

    /// <summary>Equal when all that the catalog says is.</summary>
    public bool Equals(Admin? other) =>
        other is not null && Name == other.Name && Proof == other.Proof && Roles == other.Roles
        && Initiators.AsSpan().SequenceEqual(other.Initiators.AsSpan()) && Teams.AsSpan().SequenceEqual(other.Teams.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Proof, Roles);
}

/// <summary>How an administrator proves itself. Closed: <see cref="Mtls"/>, <see cref="UnixUser"/>.</summary>
public abstract record AdminProof
{
    private AdminProof()
    {
    }

    /// <summary>mTLS with the X.509-SVID of this SPIFFE ID.</summary>
    public sealed record Mtls(SpiffeId SpiffeId) : AdminProof;

    /// <summary>A connection to the broker's Unix socket by this user.</summary>
    public sealed record UnixUser(uint Uid) : AdminProof;
}

/// <summary>Who decides an approval that a policy gives to this group.</summary>
/// <param name="Name">What policies call it.</param>
/// <param name="Members">Administrators with the role of approver; at least one.</param>
public sealed record ApproverGroup(CatalogName Name, ImmutableArray<CatalogName> Members)
{
    /// <summary>Equal when the name and the members are.</summary>
    public bool Equals(ApproverGroup? other) =>
        other is not null && Name == other.Name && Members.AsSpan().SequenceEqual(other.Members.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Members.Length);
}
