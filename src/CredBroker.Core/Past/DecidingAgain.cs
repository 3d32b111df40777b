using System.Collections.Immutable;
using CredBroker.Core.Approvals;
using CredBroker.Core.Audit;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;

namespace CredBroker.Core.Past;

/// <summary>
/// Makes a past decision by another catalog: the very rules that decided it, with what was asked then, on the facts of then. What nobody
/// but the moment itself could know (was the task live, was the proof good) was found to be well, or the decision is settled.
/// </summary>
internal static class DecidingAgain
{
    // Which key it was, no catalog can know: this is the hash of nothing.
    private static readonly Binding s_held = Binding.TryParse("x5t#S256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", out var binding)
        ? binding
        : throw new System.Diagnostics.UnreachableException();

    /// <summary>A mint.</summary>
    /// <param name="candidate">The catalog.</param>
    /// <param name="past">What was asked.</param>
    /// <param name="task">The facts.</param>
    /// <param name="attestedBy">How the workload proved itself.</param>
    /// <param name="approval">Whether the approval that was brought counts; null: none was.</param>
    internal static DecisionVerdict Mint(CatalogSnapshot candidate, PastDecision.Mint past, TaskFacts task, EvidenceKind attestedBy, bool? approval)
    {
        var catalog = candidate.Catalog;
        var found = catalog.FindAction(past.Capability.Tool, past.Capability.Action);
        var ask = new MintAsk
        {
            Request = RequestId.Of(past.Id.Value), Decision = past.Id, Task = task.Id, Workload = past.Workload, AttestedBy = attestedBy,
            Capability = past.Capability, Binding = past.Binding,
        };
        var facts = new MintFacts
        {
            Task = task, CatalogVersion = candidate.Version, CatalogDigest = candidate.Digest, Policies = catalog.Policies, Found = found,
            Allowed = catalog.AllowedTo(past.Workload), AllowedAbove = [.. task.Above.Select(catalog.AllowedTo)],
            DelegationDepth = catalog.Settings.DelegationDepth, RiskCeiling = catalog.Settings.TokenLifetimes.For(found.Rule?.Risk ?? RiskClass.Privileged),
        };
        // As ApprovalUse: what is denied without the approval is denied with it.
        var decision = Minting.Decide(ask, facts, past.At);
        if (approval is { } counts && decision is not MintDecision.Denied)
            decision = counts ? Minting.Decide(ask, facts with { Approved = true }, past.At) : new MintDecision.Denied(new(Reason.ApprovalNotEnough));
        return decision switch
        {
            MintDecision.Approved(var grant) => DecisionVerdict.Of(null, grant.Policy?.Judgement),
            MintDecision.NeedsApproval(_, var needed) => DecisionVerdict.Of(Reason.ApprovalRequired, needed),
            MintDecision.Denied(var refusal) denied => DecisionVerdict.Of(refusal.Reason, denied.Judgement),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>A use of a token.</summary>
    internal static DecisionVerdict Use(CatalogSnapshot candidate, PastDecision.Use past, TaskFacts task, EvidenceKind attestedBy, PastToken token, bool approved)
    {
        var (catalog, call) = (candidate.Catalog, past.Call.Capability);
        var ask = new AuthorizeAsk
        {
            Request = RequestId.Of(past.Id.Value), Decision = past.Id, Backend = past.Backend, Call = past.Call,
            Serves = catalog.FindWorkload(past.Backend)?.Serves ?? [],
        };
        var facts = new AuthorizeFacts
        {
            Token = new()
            {
                Jti = Jti.Of(past.Id.Value), Task = task.Id, Capability = call, Audience = token.Audience, Binding = token.IsBearer ? new Binding.Bearer() : s_held,
                IssuedAt = token.IssuedAt, ExpiresAt = DateTimeOffset.MaxValue, Uses = token.IsCounted ? 1 : null, Decision = past.Id, AskDigest = [],
            },
            Approval = approved ? ApprovalOf(past, task, catalog) : null, Revoked = false, Possession = token.IsBearer ? Possession.None : Possession.Shown, AttestedBy = attestedBy, Task = task,
            CatalogVersion = candidate.Version, CatalogDigest = candidate.Digest, Policies = catalog.Policies,
            Found = catalog.FindAction(call.Tool, call.Action), Allowed = catalog.AllowedTo(task.Workload),
            AllowedAbove = [.. task.Above.Select(catalog.AllowedTo)],
        };
        return Authorizing.Decide(ask, facts, past.At) switch
        {
            AuthorizeDecision.Allowed(var use) => DecisionVerdict.Of(null, use.Policy.Judgement),
            AuthorizeDecision.Denied(var refusal) denied => DecisionVerdict.Of(refusal.Reason, denied.Policy?.Judgement),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>A delegation. How many live children the task had is not asked again.</summary>
    internal static DecisionVerdict Delegation(
        CatalogSnapshot candidate, PastDecision.Delegation past, TaskFacts parent, ImmutableArray<TaskId> ancestors, EvidenceKind attestedBy, TimeSpan timeToLive, int? budget)
    {
        var catalog = candidate.Catalog;
        var limits = catalog.FindWorkload(past.To)?.Limits ?? WorkloadLimits.Default;
        var ask = new DelegateAsk
        {
            Parent = parent.Id, Decision = past.Id, Workload = past.Workload, AttestedBy = attestedBy, To = past.To, Intent = "as it was", Envelope = past.Envelope,
            TimeToLive = timeToLive, Budget = budget,
        };
        var facts = new DelegateFacts
        {
            CatalogVersion = candidate.Version, CatalogDigest = candidate.Digest, Policies = catalog.Policies, Child = TaskId.NewBelow(parent.Id, past.At),
            Parent = parent, Ancestors = ancestors, LiveChildren = 0, MaxChildren = int.MaxValue, DelegationDepth = catalog.Settings.DelegationDepth,
            Rules = [.. past.Envelope.Capabilities.Select(one => catalog.FindAction(one.Tool, one.Action))], Allowed = catalog.AllowedTo(past.To),
            AllowedAbove = [.. parent.Above.Append(parent.Workload).Select(catalog.AllowedTo)], MaxTimeToLive = limits.MaxTimeToLive, MaxBudget = limits.MaxBudget,
            Keeping = new TextKeeping.Scrubbed(),
        };
        return Delegating.Decide(ask, facts, past.At) switch
        {
            StartDecision.Approved(var child) => new(DecisionOutcome.Allowed, null, PoliciesOf(child), PolicyTerms.None),
            StartDecision.Denied(var refusal) denied => DecisionVerdict.Of(refusal.Reason, denied.Policy?.Judgement),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    // An approval that counted then counts: by the voices of all who may give one.
    private static TokenApproval ApprovalOf(PastDecision.Use past, TaskFacts task, BrokerCatalog catalog) => new(
        new()
        {
            Id = ApprovalId.Of(past.Id.Value), Task = task.Id, Workload = task.Workload, Digest = [], Groups = [.. catalog.ApproverGroups.Keys], Quorum = 1,
            State = ApprovalState.Used, Votes = [.. catalog.Admins.Keys.Select(name => new ApprovalVote(name, Approves: true))], Jti = Jti.Of(past.Id.Value),
        },
        catalog);

    private static ImmutableArray<string> PoliciesOf(ApprovedTask child) =>
        [.. child.HandedDown.SelectMany(handed => handed.Deciding).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
