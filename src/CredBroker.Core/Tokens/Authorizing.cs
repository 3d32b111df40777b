using System.Diagnostics;
using CredBroker.Core.Approvals;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Policies;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Tokens;

/// <summary>
/// Decides whether a call may be made with a token, at the moment of the call: the token and whoever presented it, its task, the call within
/// what was granted, then the catalog and the policies within it. Default deny: only what every step lets through is allowed. How many uses
/// are left is for the commit to say, which alone sees the others that take one.
/// </summary>
public static class Authorizing
{
    /// <summary>Same ask, facts and moment, same decision.</summary>
    public static AuthorizeDecision Decide(AuthorizeAsk ask, AuthorizeFacts facts, DateTimeOffset now)
    {
        if (facts.Token is not { } token || facts.Task is not { } task) return Deny(Reason.UnknownToken);
        if (token.Task != task.Id) throw new UnreachableException("The facts are of another task.");
        if (!ask.Serves.Contains(token.Audience)) return Deny(Reason.AudienceNotServed);
        if (facts.Revoked || token.ExpiresAt <= now) return Deny(Reason.TokenOver);
        if (task.Refuse(TaskEvent.Use, now) is { } over) return Deny(over);
        if (RefusePossession(token.Binding, facts.Possession) is { } unproven) return Deny(unproven);
        if (!Containment.Contains(token.Capability, ask.Call.Capability)) return Deny(Reason.CallOutsideGrant);
        if (!CatalogAuthority.Allows(facts.Found, facts.Allowed, ask.Call.Capability, out var rule, out var against)) return Deny(against.Value);
        if (Chain.Refuse(task.Above, facts.AllowedAbove, ask.Call.Capability) is { } above) return new AuthorizeDecision.Denied(above);
        // The tool was given to another backend since: this one has no say in its calls any more.
        if (rule.Audience != token.Audience) return Deny(Reason.AudienceNotServed);
        if (token.Binding is Binding.Bearer && !rule.BearerAllowed) return Deny(Reason.BearerNotAllowed);
        return Judge(ask, facts, token, task, now);
    }

    // A proof beside a token that is bound to no key says that the caller takes the token for another one: so it is not passed over.
    private static Reason? RefusePossession(Binding binding, Possession possession) => possession switch
    {
        Possession.None when binding is Binding.Bearer => null,
        Possession.None => Reason.ProofMissing,
        Possession.Shown when binding is not Binding.Bearer => null,
        Possession.Shown or Possession.Refused => Reason.PresentedProofRefused,
        Possession.Replayed => Reason.PresentedProofReplayed,
        _ => throw new UnreachableException(),
    };

    // The one place where policy speaks. Nobody says yes to a call as such, but whoever said yes to the token said it to its calls.
    private static AuthorizeDecision Judge(AuthorizeAsk ask, AuthorizeFacts facts, IssuedToken token, TaskFacts task, DateTimeOffset now)
    {
        if (facts.AttestedBy is not { } attestedBy) return Deny(Reason.PolicyFailed);
        var question = new PolicyQuestion
        {
            Phase = PolicyPhase.Authorize, Workload = task.Workload, AttestedBy = attestedBy, Task = task, Capability = ask.Call.Capability,
        };
        var judgement = Judging.Judge(facts.Policies, question, now);
        var needed = judgement as Judgement.NeedsApproval;
        if (judgement is not Judgement.Denied && IsApproved(facts, token, needed)) judgement = Judging.Judge(facts.Policies, question with { Approved = true }, now);
        var decision = new PolicyDecision(facts.CatalogVersion, facts.CatalogDigest, judgement);
        return judgement switch
        {
            Judgement.Allowed(var terms, _) when RefuseTerms(terms, token, now) is { } broken => DeniedBy(decision, broken, task),
            Judgement.Allowed(var terms, _) => new AuthorizeDecision.Allowed(new(ask, token, task, decision, terms)),
            Judgement.NeedsApproval => DeniedBy(decision, new(facts.Approval is null ? Reason.ApprovalRequired : Reason.ApprovalNotEnough), task),
            Judgement.Denied denied => DeniedBy(decision, new(denied.Reason, Detail: denied.Detail), task),
            _ => throw new UnreachableException(),
        };
    }

    // As at the mint: by the groups that the policies name now, and by who is in them now.
    private static bool IsApproved(AuthorizeFacts facts, IssuedToken token, Judgement.NeedsApproval? needed)
    {
        if (facts.Approval is not var (approval, catalog)) return false;
        if (approval.Jti != token.Jti) throw new UnreachableException("The approval is another token's.");
        return ApprovalUse.IsEnough(approval, needed, catalog);
    }

    private static AuthorizeDecision.Denied DeniedBy(PolicyDecision decision, Refusal refusal, TaskFacts task) =>
        new(refusal) { Policy = decision with { HistoryVersion = task.HistoryVersion } };

    // What a policy binds a token to binds also the one that was minted before the policy was, or that others permitted.
    private static Refusal? RefuseTerms(PolicyTerms terms, IssuedToken token, DateTimeOffset now)
    {
        if (terms.MaxTimeToLive is { } life && token.IssuedAt + life <= now) return new(Reason.TokenOver, Detail: "older than the policies let a token become");
        return terms.SingleUse && token.Uses is null ? new(Reason.PolicyDenied, Detail: "the policies want a token for one call, and this is one for any number") : null;
    }

    private static AuthorizeDecision.Denied Deny(Reason reason) => new(new Refusal(reason));
}
