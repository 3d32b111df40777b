using System.Collections.Immutable;
using System.Diagnostics;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Tokens;

/// <summary>
/// Decides whether a call may be made with a token, at the moment of the call: the token and whoever presented it, its task, the call within
/// what was granted, then the catalog and what judges within them. Default deny: only what every step lets through is allowed. How many uses
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
        // The tool was given to another backend since: this one has no say in its calls any more.
        if (rule.Audience != token.Audience) return Deny(Reason.AudienceNotServed);
        if (token.Binding is Binding.Bearer && !rule.BearerAllowed) return Deny(Reason.BearerNotAllowed);
        if (Judge(rule, out var obligations) is { } judged) return Deny(judged);
        return new AuthorizeDecision.Allowed(new(ask, token, task, facts, obligations));
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

    // The one place where policy speaks. Until there are policies: what the catalog allows is allowed, without obligations, and what is
    // privileged is not, for nobody is there to speak for it.
    private static Reason? Judge(ActionRule rule, out ImmutableArray<string> obligations)
    {
        obligations = [];
        return rule.Risk == RiskClass.Privileged ? Reason.PrivilegedNeedsPolicy : null;
    }

    private static AuthorizeDecision.Denied Deny(Reason reason) => new(new Refusal(reason));
}
