using System.Diagnostics;
using CredBroker.Core.Capabilities;

namespace CredBroker.Core.Tasks;

/// <summary>Decides whether a task may start: the form of what is asked, then the catalog's word on every capability.</summary>
public static class Starting
{
    /// <summary>Same ask, facts and moment, same decision.</summary>
    public static StartDecision Decide(StartAsk ask, StartFacts facts, DateTimeOffset now)
    {
        var refusal = RefuseForm(ask) ?? RefuseCeilings(ask, facts) ?? RefuseEnvelope(ask.Envelope, facts);
        return refusal is { } against ? new StartDecision.Denied(against) : new StartDecision.Approved(new(ask, facts, now));
    }

    private static Refusal? RefuseForm(StartAsk ask) =>
        TaskForm.Refuse(ask.Intent, ask.PromptFragment, ask.TimeToLive, ask.Budget)
        ?? TaskText.Refuse("initiator", ask.Initiator, TaskLimits.MaxInitiatorBytes)
        ?? TaskForm.RefuseHeartbeat(ask.HeartbeatInterval);

    // What a workload's ceilings are is the catalog's business: to the workload these are denials like any other.
    private static Refusal? RefuseCeilings(StartAsk ask, StartFacts facts)
    {
        if (facts.Allowed is null) return new(Reason.UnknownWorkload);
        if (ask.TimeToLive > facts.MaxTimeToLive) return new(Reason.TaskLifetimeOverCeiling, "time_to_live");
        if (ask.Budget > facts.MaxBudget) return new(Reason.TaskBudgetOverCeiling, "budget");
        return facts.LiveTasks >= facts.MaxLiveTasks
            ? new(Reason.TooManyTasks, Detail: $"at most {facts.MaxLiveTasks} live tasks")
            : null;
    }

    private static Refusal? RefuseEnvelope(Envelope envelope, StartFacts facts)
    {
        var capabilities = envelope.Capabilities;
        if (facts.Rules.Count != capabilities.Length) throw new UnreachableException("A rule for each capability.");
        for (var i = 0; i < capabilities.Length; i++)
        {
            if (!CatalogAuthority.Allows(facts.Rules[i], facts.Allowed, capabilities[i], out _, out var against))
                return new(against.Value, $"envelope[{i}]");
        }

        return null;
    }
}
