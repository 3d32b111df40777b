using System.Diagnostics;
using System.Security.Cryptography;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Tokens;

/// <summary>
/// Decides whether a token may be minted: the form of what is asked, then the task, then the catalog, then the policies within them.
/// Default deny: only what every step lets through is approved.
/// </summary>
public static class Minting
{
    /// <summary>Longest canonical JSON of a token's capability, in bytes.</summary>
    public const int MaxCapabilityBytes = 3072;

    // Readers take tokens of 8 KiB (JwsLimits.Token). Base64url makes 4 of 3; header, signature, issuer, ids and times take 1,200 bytes.
    private const int MaxBytesThatVary = 4900;

    private static readonly TimeSpan MinTimeToLive = TimeSpan.FromSeconds(1);

    /// <summary>Same ask, facts and moment, same decision.</summary>
    public static MintDecision Decide(MintAsk ask, MintFacts facts, DateTimeOffset now)
    {
        if (RefuseForm(ask) is { } malformed) return new MintDecision.Denied(malformed);
        if (facts.Task is not { } task) return Deny(Reason.UnknownTask);
        if (RefuseTask(ask, task, now) is { } over) return Deny(over);
        if (!CatalogAuthority.Allows(facts.Found, facts.Allowed, ask.Capability, out var rule, out var against)) return Deny(against.Value);
        if (task.Envelope.Refuse(ask.Capability) is { } outside) return Deny(outside);
        if (RefuseChain(ask, facts, task) is { } above) return new MintDecision.Denied(above);
        var judgement = Judging.Judge(facts.Policies, QuestionOf(ask, task, facts.Approved), now);
        if (judgement is Judgement.Denied denied) return new MintDecision.Denied(new(denied.Reason, Detail: denied.Detail)) { Judgement = denied };
        if (ask.Binding is Binding.Bearer && !rule.BearerAllowed) return Deny(Reason.BearerNotAllowed);

        if (!FitsReaders(ask, task, rule)) return new MintDecision.Denied(new(Reason.FieldTooLong, "capability", "too long with its identities"));

        var expiresAt = Deadlines.OfToken(now, LifetimeOf(ask, facts, rule, judgement), task.Deadline);
        // Less than a second of the task is left: a token in whole seconds would be born dead.
        if (expiresAt <= now) return Deny(Reason.TaskOver);
        // Last, so that nobody is asked for a yes that could not be used.
        return judgement switch
        {
            Judgement.Allowed allowed => new MintDecision.Approved(new(ask, task, facts, rule, allowed, now, expiresAt)),
            Judgement.NeedsApproval needed => new MintDecision.NeedsApproval(CapabilityJson.Digest(ask.Capability), needed),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>
    /// Answers a request whose token was minted already: the same token again if all that was asked is the same. The task must still be
    /// live and the caller's; budget, catalog and policy had their word when it was minted.
    /// </summary>
    public static MintDecision Repeat(MintAsk ask, IssuedToken first, TaskFacts task, DateTimeOffset now)
    {
        if (first.Jti != ask.Jti || first.Task != task.Id) throw new UnreachableException("The token is of another request.");
        if (RefuseCaller(ask, task, now) is { } reason) return Deny(reason);
        return CryptographicOperations.FixedTimeEquals(first.AskDigest, ask.Digest())
            ? new MintDecision.Approved(new(ask, task, first))
            : new MintDecision.Denied(new(Reason.RequestIdReused, "request_id"));
    }

    private static Refusal? RefuseForm(MintAsk ask)
    {
        if (ask.TimeToLive is { } life && (life < MinTimeToLive || life.Ticks % TimeSpan.TicksPerSecond != 0))
            return new(Reason.FieldOutOfRange, "time_to_live", "whole seconds, at least 1");
        if (ask.PromptFragment is { } fragment && TaskText.Refuse("prompt_fragment", fragment, TaskLimits.MaxTextBytes) is { } refusal)
            return refusal;
        return CapabilityJson.LengthOf(ask.Capability) > MaxCapabilityBytes
            ? new(Reason.FieldTooLong, "capability", $"at most {MaxCapabilityBytes} bytes of JSON")
            : null;
    }

    private static Reason? RefuseTask(MintAsk ask, TaskFacts task, DateTimeOffset now) =>
        RefuseCaller(ask, task, now) ?? (task.Spent >= task.Budget ? Reason.BudgetSpent : null);

    private static Reason? RefuseCaller(MintAsk ask, TaskFacts task, DateTimeOffset now)
    {
        if (task.Id != ask.Task) throw new UnreachableException("The facts are of another task.");
        return task.Workload != ask.Workload ? Reason.NotYourTask : task.Refuse(TaskEvent.Mint, now);
    }

    // A chain that was allowed when the task was delegated is held against the catalog of today.
    private static Refusal? RefuseChain(MintAsk ask, MintFacts facts, TaskFacts task) => task.Above.Length > facts.DelegationDepth
        ? new(Reason.DepthOverCeiling, Detail: $"at most {facts.DelegationDepth} below the root")
        : Chain.Refuse(task.Above, facts.AllowedAbove, ask.Capability);

    private static PolicyQuestion QuestionOf(MintAsk ask, TaskFacts task, bool approved) => new()
    {
        Phase = PolicyPhase.Mint, Workload = ask.Workload, AttestedBy = ask.AttestedBy, Task = task, Capability = ask.Capability, Approved = approved,
    };

    // A token that every reader refuses must not be minted: long identities, or many of them, leave less room for the capability.
    private static bool FitsReaders(MintAsk ask, TaskFacts task, ActionRule rule)
    {
        const int LevelOfActors = 20;
        var length = CapabilityJson.LengthOf(ask.Capability) + rule.Audience.Length + (2 * LengthOf(task.Workload));
        foreach (var actor in task.Above) length += LengthOf(actor) + LevelOfActors;
        return length <= MaxBytesThatVary;
    }

    private static int LengthOf(SpiffeId id) => "spiffe://".Length + id.TrustDomain.ToString().Length + id.Path.Length;

    private static TimeSpan LifetimeOf(MintAsk ask, MintFacts facts, ActionRule rule, Judgement judgement)
    {
        var ceiling = rule.MaxTokenLifetime < facts.RiskCeiling ? rule.MaxTokenLifetime : facts.RiskCeiling;
        var terms = judgement switch
        {
            Judgement.Allowed allowed => allowed.Terms,
            Judgement.NeedsApproval needed => needed.Terms,
            _ => throw new UnreachableException(),
        };
        if (terms.MaxTimeToLive < ceiling) ceiling = terms.MaxTimeToLive.Value;
        return ask.TimeToLive < ceiling ? ask.TimeToLive.Value : ceiling;
    }

    private static MintDecision.Denied Deny(Reason reason) => new(new Refusal(reason));
}
