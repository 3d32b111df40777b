using System.Collections.Immutable;
using System.Diagnostics;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Policies;

namespace CredBroker.Core.Tasks;

/// <summary>
/// Decides whether a task may be delegated: the form of what is asked, then the parent, then the ceilings, then every capability, then the policies. The
/// child gets nothing that its parent does not have, nor anything that the catalog does not allow its own workload.
/// </summary>
public static class Delegating
{
    /// <summary>Same ask, facts and moment, same decision.</summary>
    public static StartDecision Decide(DelegateAsk ask, DelegateFacts facts, DateTimeOffset now)
    {
        if (TaskForm.Refuse(ask.Intent, ask.PromptFragment, ask.TimeToLive, ask.Budget) is { } malformed) return Deny(malformed);
        if (facts.Parent is not { } parent) return Deny(new(Reason.UnknownTask));
        if (RefuseParent(ask, parent, now) is { } reason) return Deny(new(reason));
        var budget = ask.Budget ?? Math.Clamp(parent.Left / 2, 1, facts.MaxBudget);
        var refusal = RefuseTree(facts, parent) ?? RefuseCeilings(ask, facts, parent, budget) ?? RefuseEnvelope(ask, facts, parent);
        return refusal is { } against ? Deny(against) : Judge(ask, facts, parent, budget, now);
    }

    private static Reason? RefuseParent(DelegateAsk ask, TaskFacts parent, DateTimeOffset now)
    {
        if (parent.Id != ask.Parent) throw new UnreachableException("The facts are of another task.");
        return parent.Workload != ask.Workload ? Reason.NotYourTask : parent.Refuse(TaskEvent.Delegate, now);
    }

    private static Refusal? RefuseTree(DelegateFacts facts, TaskFacts parent)
    {
        if (facts.Ancestors is not [.., var last] || last != parent.Id || facts.Ancestors.Length != parent.Above.Length + 1)
            throw new UnreachableException("The parent is the last of those above.");
        if (facts.Ancestors.Length > facts.DelegationDepth)
            return new(Reason.DepthOverCeiling, Detail: $"at most {facts.DelegationDepth} below the root");
        return facts.LiveChildren >= facts.MaxChildren
            ? new(Reason.TooManyChildren, Detail: $"at most {facts.MaxChildren} live children of a task")
            : null;
    }

    // Whose ceilings these are, is the catalog's business: to the workload these are denials like any other.
    private static Refusal? RefuseCeilings(DelegateAsk ask, DelegateFacts facts, TaskFacts parent, int budget)
    {
        if (facts.Allowed is null) return new(Reason.UnknownDelegate, "to_workload");
        if (ask.TimeToLive > facts.MaxTimeToLive) return new(Reason.TaskLifetimeOverCeiling, "time_to_live");
        if (budget > facts.MaxBudget) return new(Reason.TaskBudgetOverCeiling, "budget");
        return budget > parent.Left ? new(Reason.BudgetOverParents, "budget") : null;
    }

    private static Refusal? RefuseEnvelope(DelegateAsk ask, DelegateFacts facts, TaskFacts parent)
    {
        var capabilities = ask.Envelope.Capabilities;
        if (facts.Rules.Count != capabilities.Length) throw new UnreachableException("A rule for each capability.");
        for (var i = 0; i < capabilities.Length; i++)
        {
            var reason = CatalogAuthority.Allows(facts.Rules[i], facts.Allowed, capabilities[i], out _, out var against)
                ? parent.Envelope.Refuse(capabilities[i])
                : against;
            var refusal = reason is { } one ? new Refusal(one) : Chain.Refuse([.. parent.Above, parent.Workload], facts.AllowedAbove, capabilities[i]);
            if (refusal is { } found) return found with { Field = $"envelope[{i}]" };
        }

        return null;
    }

    // Within all that, the policies have the last word: the workload that delegates is who asks, for its own task.
    private static StartDecision Judge(DelegateAsk ask, DelegateFacts facts, TaskFacts parent, int budget, DateTimeOffset now)
    {
        var handed = ImmutableArray.CreateBuilder<HandingDown.Allowed>(ask.Envelope.Capabilities.Length);
        for (var i = 0; i < ask.Envelope.Capabilities.Length; i++)
        {
            var question = new PolicyQuestion
            {
                Phase = PolicyPhase.Delegate, Workload = ask.Workload, AttestedBy = ask.AttestedBy, Task = parent, Capability = ask.Envelope.Capabilities[i],
            };
            switch (HandingDown.Judge(facts.Policies, question, now))
            {
                case HandingDown.Allowed allowed:
                    handed.Add(allowed);
                    break;
                case HandingDown.Denied(var judgement):
                    return new StartDecision.Denied(new(judgement.Reason, $"envelope[{i}]", judgement.Detail))
                    {
                        Policy = new(facts.CatalogVersion, facts.CatalogDigest, judgement) { HistoryVersion = parent.HistoryVersion },
                    };
                case HandingDown.TooWide:
                    return Deny(new(Reason.TooManyElements, $"envelope[{i}].parameters", $"at most {HandingDown.MostCases} combinations of values: delegate it in parts"));
                default:
                    throw new UnreachableException();
            }
        }

        return new StartDecision.Approved(new(ask, facts, parent, budget, handed.MoveToImmutable(), now));
    }

    private static StartDecision.Denied Deny(Refusal refusal) => new(refusal);
}
