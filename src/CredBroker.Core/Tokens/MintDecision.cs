using CredBroker.Core.Policies;

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

    /// <summary>It may when an approver says yes to exactly this. Only policies can answer so.</summary>
    /// <param name="CapabilityDigest">SHA-256 of the capability's canonical JSON: what the approver says yes to.</param>
    /// <param name="Judgement">Who may say it, and what the yes is bound to.</param>
    public sealed record NeedsApproval(byte[] CapabilityDigest, Judgement.NeedsApproval Judgement) : MintDecision;

    /// <summary>It may not, or what was asked is malformed.</summary>
    /// <param name="Refusal">Why.</param>
    public sealed record Denied(Refusal Refusal) : MintDecision
    {
        /// <summary>What the policies said, when it was they who denied; null: it did not come so far.</summary>
        public Judgement.Denied? Judgement { get; init; }
    }
}
