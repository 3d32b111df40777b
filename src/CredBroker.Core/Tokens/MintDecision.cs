using System.Collections.Immutable;

namespace CredBroker.Core.Tokens;

/// <summary>Whether a token may be minted. Closed: <see cref="Approved"/>, <see cref="NeedsApproval"/>, <see cref="Denied"/>.</summary>
public abstract record MintDecision
{
    private MintDecision()
    {
    }

    /// <summary>It may.</summary>
    /// <param name="Grant">What may be signed once it is recorded.</param>
    public sealed record Approved(ApprovedGrant Grant) : MintDecision;

    /// <summary>It may when a human says yes to exactly this. Only policies can answer so.</summary>
    /// <param name="CapabilityDigest">SHA-256 of the capability's canonical JSON: what the human says yes to.</param>
    /// <param name="Approvers">The groups that may say it.</param>
    public sealed record NeedsApproval(byte[] CapabilityDigest, ImmutableArray<string> Approvers) : MintDecision;

    /// <summary>It may not, or what was asked is malformed.</summary>
    /// <param name="Refusal">Why.</param>
    public sealed record Denied(Refusal Refusal) : MintDecision;
}
