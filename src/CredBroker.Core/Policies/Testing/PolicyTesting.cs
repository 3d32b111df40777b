using System.Collections.Immutable;
using System.Diagnostics;
using CredBroker.Core.Approvals;
using CredBroker.Core.Audit;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;

namespace CredBroker.Core.Policies.Testing;

/// <summary>
/// Answers example requests by the rules that the broker answers real ones by: <see cref="Minting"/>, <see cref="Authorizing"/> and
/// <see cref="Delegating"/>. Needs no broker and no database. Same case and catalog, same answer.
/// </summary>
public static class PolicyTesting
{
    private static readonly TaskId s_task = TaskId.Of(new("01a00000-0000-7000-8000-000000000001"));
    private static readonly TaskId s_child = TaskId.Of(new("01a00000-0000-7000-8000-000000000002"));
    private static readonly TaskId s_above = TaskId.Of(new("01a00000-0000-7000-8000-000000000000"));
    private static readonly ApprovalId s_approval = ApprovalId.Of(new("01a00000-0000-7000-8000-000000000005"));
    private static readonly DecisionId s_decision = DecisionId.Of(new("01a00000-0000-7000-8000-000000000003"));
    private static readonly RequestId s_request = RequestId.Of(new("01a00000-0000-7000-8000-000000000004"));
    private static readonly Binding s_binding = new Binding.Jkt(new JwkThumbprint([.. Enumerable.Repeat((byte)1, 32)]));

    // Policies that compare an intent see in a broker that keeps digests what no policy can know: here too.
    private static readonly TextKeeping s_digests = new TextKeeping.Digest(new byte[TextKeeping.MinSaltBytes]);

    /// <summary>Runs a case against the catalog that it was read with.</summary>
    public static PolicyTestResult Run(PolicyTestCase test, BrokerCatalog catalog) => PolicyTestResult.Of(test, test.Phase switch
    {
        PolicyPhase.Mint => Mint(test, catalog),
        PolicyPhase.Authorize => Authorize(test, catalog),
        PolicyPhase.Delegate => Delegate(test, catalog),
        _ => throw new UnreachableException(),
    });

    private static PolicyTestAnswer Mint(PolicyTestCase test, BrokerCatalog catalog)
    {
        var ask = new MintAsk
        {
            Request = s_request, Decision = s_decision, Task = s_task, Workload = test.Workload.SpiffeId, AttestedBy = test.AttestedBy,
            Capability = test.Capability, Binding = s_binding,
        };
        var found = catalog.FindAction(test.Capability.Tool, test.Capability.Action);
        var facts = new MintFacts
        {
            Task = TaskOf(test, catalog), CatalogVersion = 0, CatalogDigest = [], Policies = catalog.Policies, Found = found, Allowed = test.Workload.Allow,
            AllowedAbove = [.. test.Task.Above.Select(catalog.AllowedTo)], DelegationDepth = catalog.Settings.DelegationDepth,
            RiskCeiling = catalog.Settings.TokenLifetimes.For(found.Rule?.Risk ?? RiskClass.Privileged),
        };

        // As a mint that brings an approval: what is denied as if there were none, is denied.
        var decision = Minting.Decide(ask, facts, test.Now);
        if (test.Approved && decision is not MintDecision.Denied) decision = Minting.Decide(ask, facts with { Approved = true }, test.Now);
        return decision switch
        {
            MintDecision.Approved(var grant) => Granted(PolicyTestOutcome.Allow, grant),
            MintDecision.NeedsApproval(_, var needed) when Minting.Decide(ask, facts with { Approved = true }, test.Now) is MintDecision.Approved(var grant) =>
                Granted(PolicyTestOutcome.ApprovalRequired, grant) with { Approvers = [.. needed.Approvers.Select(name => name.ToString()).Order(StringComparer.Ordinal)], Quorum = needed.Quorum },
            MintDecision.NeedsApproval => Denied(new(Reason.PolicyDenied, Detail: "not even an approval would make it possible"), null),
            MintDecision.Denied denied => Denied(denied.Refusal, denied.Judgement?.Record),
            _ => throw new UnreachableException(),
        };
    }

    private static PolicyTestAnswer Authorize(PolicyTestCase test, BrokerCatalog catalog)
    {
        var call = test.Capability;
        var found = catalog.FindAction(call.Tool, call.Action);
        var audience = found.Rule?.Audience ?? throw new UnreachableException("The reader looked the action up.");
        // A token as good as any: fresh, for exactly this call, in the hands of the one whom it was minted for.
        var token = new IssuedToken
        {
            Jti = Jti.Derive(s_task, s_request), Task = s_task, Capability = call, Audience = audience, Binding = s_binding, IssuedAt = test.Now,
            ExpiresAt = test.Now.AddMinutes(1), Uses = 1, Decision = s_decision, AskDigest = [],
        };
        var ask = new AuthorizeAsk
        {
            Request = s_request, Decision = s_decision, Backend = test.Workload.SpiffeId, Serves = [audience],
            Call = ToolCall.TryCreate(call.Tool, call.Action, PathOf(call), [.. call.Parameters], out var made) ? made : throw new UnreachableException("The reader looked."),
        };
        var facts = new AuthorizeFacts
        {
            Token = token, Revoked = false, Possession = Possession.Shown, AttestedBy = test.AttestedBy, Task = TaskOf(test, catalog), CatalogVersion = 0,
            CatalogDigest = [], Found = found, Allowed = test.Workload.Allow, AllowedAbove = [.. test.Task.Above.Select(catalog.AllowedTo)], Policies = catalog.Policies,
            Approval = test.Approved ? new(ByEverybody(test, token, catalog), catalog) : null,
        };
        return Authorizing.Decide(ask, facts, test.Now) switch
        {
            AuthorizeDecision.Allowed(var use) => PolicyTestAnswer.Of(PolicyTestOutcome.Allow, use.Policy.Judgement.Record) with { Obligations = Sorted(use.Obligations) },
            AuthorizeDecision.Denied denied => Denied(denied.Refusal, denied.Policy?.Judgement.Record),
            _ => throw new UnreachableException(),
        };
    }

    // Whoever may approve anything has said yes to the token: who of them had to is what the rules find out.
    private static ApprovalFacts ByEverybody(PolicyTestCase test, IssuedToken token, BrokerCatalog catalog) => new()
    {
        Id = s_approval, Task = s_task, Workload = test.Workload.SpiffeId, Digest = CapabilityJson.Digest(test.Capability),
        Groups = [.. catalog.ApproverGroups.Keys], Quorum = 1, State = ApprovalState.Used, Jti = token.Jti,
        Votes = [.. catalog.ApproverGroups.Values.SelectMany(group => group.Members).Distinct().Select(member => new ApprovalVote(member, Approves: true))],
    };

    private static PolicyTestAnswer Delegate(PolicyTestCase test, BrokerCatalog catalog)
    {
        var to = test.To ?? throw new UnreachableException("The reader looked.");
        var ask = new DelegateAsk
        {
            Parent = s_task, Decision = s_decision, Workload = test.Workload.SpiffeId, AttestedBy = test.AttestedBy, To = to.SpiffeId, Intent = test.Task.Intent,
            Envelope = OnlyOf(test.Capability), TimeToLive = TaskLimits.MinTimeToLive, Budget = 1,
        };
        var facts = new DelegateFacts
        {
            CatalogVersion = 0, CatalogDigest = [], Policies = catalog.Policies, Child = s_child, Parent = TaskOf(test, catalog),
            Ancestors = [.. test.Task.Above.Select(_ => s_above), s_task], LiveChildren = 0, MaxChildren = test.Workload.Limits.Children,
            DelegationDepth = catalog.Settings.DelegationDepth, Rules = [catalog.FindAction(test.Capability.Tool, test.Capability.Action)], Allowed = to.Allow,
            AllowedAbove = [.. test.Task.Above.Append(test.Workload.SpiffeId).Select(catalog.AllowedTo)], MaxTimeToLive = to.Limits.MaxTimeToLive,
            MaxBudget = to.Limits.MaxBudget, Keeping = KeepingOf(catalog),
        };
        switch (Delegating.Decide(ask, facts, test.Now))
        {
            case StartDecision.Approved(var child):
                var handed = child.HandedDown[0];
                return new(handed.NeedsApproval ? PolicyTestOutcome.ApprovalRequired : PolicyTestOutcome.Allow) { By = handed.Deciding };
            case StartDecision.Denied denied:
                return Denied(denied.Refusal, denied.Policy?.Judgement.Record);
            default:
                throw new UnreachableException();
        }
    }

    private static PolicyTestAnswer Granted(PolicyTestOutcome outcome, ApprovedGrant grant)
    {
        if (grant.Policy?.Judgement is not Judgement.Allowed allowed) throw new UnreachableException("A new grant rests on policies.");
        return PolicyTestAnswer.Of(outcome, allowed.Record) with
        {
            MaxTimeToLive = grant.ExpiresAt - grant.IssuedAt, SingleUse = grant.Uses is not null, Obligations = Sorted(allowed.Terms.Obligations),
        };
    }

    private static PolicyTestAnswer Denied(Refusal refusal, JudgementRecord? record) =>
        PolicyTestAnswer.Of(PolicyTestOutcome.Deny, record) with { Reason = refusal.Reason, Detail = refusal.Detail };

    private static TaskFacts TaskOf(PolicyTestCase test, BrokerCatalog catalog) => new()
    {
        Id = s_task, Root = test.Task.Above.IsEmpty ? s_task : s_above, Workload = test.Workload.SpiffeId, Above = test.Task.Above,
        Initiator = test.Task.Initiator, Intent = KeepingOf(catalog).Keep(test.Task.Intent), CreatedAt = test.Now - test.Task.Age, State = TaskState.Active,
        Deadline = test.Now + TaskLimits.MaxTimeToLive, HeartbeatDue = null, Envelope = test.Task.Envelope ?? OnlyOf(test.Capability),
        Budget = test.Task.Issued + test.Task.RemainingBudget, Spent = test.Task.Issued, History = test.Task.History, Granted = test.Task.Granted, HistoryVersion = 0,
    };

    private static TextKeeping KeepingOf(BrokerCatalog catalog) => catalog.Settings.Prompts == PromptStore.Digest ? s_digests : new TextKeeping.Scrubbed();

    private static Envelope OnlyOf(Capability capability) => Envelope.TryCreate([capability], out var only) ? only : throw new UnreachableException();

    private static ResourcePath PathOf(Capability call) => ResourcePath.TryParse(call.Resource.ToString(), out var path) ? path : default;

    private static ImmutableArray<string> Sorted(IEnumerable<string> texts) => [.. texts.Order(StringComparer.Ordinal)];
}
