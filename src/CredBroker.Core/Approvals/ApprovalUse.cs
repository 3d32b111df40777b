using System.Security.Cryptography;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Policies;
using CredBroker.Core.Tokens;

namespace CredBroker.Core.Approvals;

/// <summary>Decides whether an approval is good for what it is used for: exactly what was asked, once, in time.</summary>
public static class ApprovalUse
{
    /// <summary>
    /// Decides a mint that brings an approval, on the facts of now: as if there were none first, which says who would have to be asked
    /// now; and if the approval is theirs, once more with it.
    /// </summary>
    public static MintDecision Decide(MintAsk ask, MintFacts facts, ApprovalFacts? approval, BrokerCatalog catalog, DateTimeOffset now)
    {
        var without = Minting.Decide(ask, facts, now);
        if (without is MintDecision.Denied) return without;
        if (Refuse(ask, approval) is { } reason) return new MintDecision.Denied(new(reason));
        return IsEnough(approval!, (without as MintDecision.NeedsApproval)?.Judgement, catalog)
            ? Minting.Decide(ask, facts with { Approved = true }, now)
            : new MintDecision.Denied(new(Reason.ApprovalNotEnough));
    }

    /// <summary>Why it cannot be used for this mint; null: it can, as far as the approval goes.</summary>
    public static Reason? Refuse(MintAsk ask, ApprovalFacts? approval)
    {
        if (approval is null) return Reason.UnknownApproval;
        if (approval.Workload != ask.Workload) return Reason.NotYourApproval;
        if (approval.Task != ask.Task || !CryptographicOperations.FixedTimeEquals(approval.Digest, CapabilityJson.Digest(ask.Capability)))
            return Reason.ApprovalForOther;
        return approval.State switch
        {
            ApprovalState.Approved => null,
            ApprovalState.Pending => Reason.ApprovalNotGiven,
            _ => Reason.ApprovalOver,
        };
    }

    /// <summary>
    /// True when those who said yes are enough by the rules of now, not of then: who is in none of these groups any more has no say.
    /// </summary>
    /// <param name="approval">The approval.</param>
    /// <param name="needed">Whose yes the policies want now; null: nobody's, so it is held against what it was asked for with.</param>
    /// <param name="catalog">The catalog that is decided by.</param>
    public static bool IsEnough(ApprovalFacts approval, Judgement.NeedsApproval? needed, BrokerCatalog catalog)
    {
        var (groups, quorum) = needed is null ? (approval.Groups, approval.Quorum) : (needed.Approvers, needed.Quorum);
        return approval.Votes.Count(vote => vote.Approves && Voting.IsApprover(vote.Approver, groups, catalog))
            >= catalog.Settings.Approvals.QuorumOf(groups, quorum);
    }
}
