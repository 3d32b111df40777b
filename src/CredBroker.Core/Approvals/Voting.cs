using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Approvals;

/// <summary>
/// Decides whether an approver's vote counts, and what the approval is with it. Nobody decides for itself: not the person that the task
/// runs for, not who answers for a workload of its chain, and never such a workload.
/// </summary>
public static class Voting
{
    /// <summary>Same ask and facts, same decision.</summary>
    public static VoteDecision Decide(VoteAsk ask, VoteFacts facts)
    {
        var approval = facts.Approval;
        if (approval.State != ApprovalState.Pending) return Refuse(Reason.ApprovalOver, approval, $"is {Word(approval.State)}");
        if (!CatalogName.TryParse(ask.Approver, out var name) || facts.Catalog.Admins.GetValueOrDefault(name) is not { } admin)
            return Refuse(Reason.NotAnApprover, approval, "is decided by administrators of the catalog");
        if (!IsApprover(admin.Name, approval.Groups, facts.Catalog))
            return Refuse(Reason.NotAnApprover, approval, $"is decided by {string.Join(" or ", approval.Groups)}");
        if (OwnInterest(ask, admin, facts) is { } interest) return Refuse(Reason.SelfApproval, approval, interest);
        if (approval.Votes.Any(vote => vote.Approver == name)) return Refuse(Reason.AlreadyVoted, approval, "has your vote");

        if (!ask.Approves) return new VoteDecision.Counted(name, ApprovalState.Denied);
        // Whoever has left the groups since has no say at the use either.
        var yes = approval.Votes.Count(vote => vote.Approves && IsApprover(vote.Approver, approval.Groups, facts.Catalog)) + 1;
        return new VoteDecision.Counted(name, yes >= approval.Quorum ? ApprovalState.Approved : ApprovalState.Pending);
    }

    /// <summary>True for an approver who is a member of one of the groups.</summary>
    internal static bool IsApprover(CatalogName name, IEnumerable<CatalogName> groups, BrokerCatalog catalog) =>
        catalog.Admins.GetValueOrDefault(name) is { } admin && admin.Roles.HasFlag(AdminRoles.Approver)
        && groups.Any(group => catalog.ApproverGroups.GetValueOrDefault(group) is { } members && members.Members.Contains(name));

    // What the approver has to do with the task; null: nothing.
    private static string? OwnInterest(VoteAsk ask, Admin admin, VoteFacts facts)
    {
        foreach (var link in facts.Chain)
        {
            if (ask.Workload == link.Workload || Proves(admin, facts.Catalog.FindWorkload(link.Workload)))
                return $"is asked for by {link.Workload}, which you are";
            if (facts.Catalog.Settings.Approvals.SelfApproval) continue;
            if (admin.Initiators.Contains(link.Initiator)) return $"is asked for on behalf of {link.Initiator}, who you are";
            if (facts.Catalog.FindWorkload(link.Workload) is { } workload && admin.Teams.Contains(workload.Owner))
                return $"is asked for by {link.Workload} of {workload.Owner}, which you belong to";
        }

        return null;
    }

    // A connection is one caller at a time: an administrator may be proved by what also proves a workload, and call as another one.
    private static bool Proves(Admin admin, Workload? workload)
    {
        var fact = admin.Proof switch
        {
            AdminProof.UnixUser user => Selector.Of(SelectorKind.UnixUid, user.Uid),
            AdminProof.Mtls mtls => new Selector(SelectorKind.X509SpiffeId, mtls.SpiffeId.ToString()),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return workload is not null && workload.Attest.Any(set => set.Selectors.Contains(fact));
    }

    private static string Word(ApprovalState state) => state.ToString().ToLowerInvariant();

    private static VoteDecision.Refused Refuse(Reason reason, ApprovalFacts approval, string why) =>
        new(new Refusal(reason, Detail: $"approval {approval.Id} {why}"));
}
