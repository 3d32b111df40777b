using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Tests.Capabilities;
using CredBroker.Tests.Policies;

namespace CredBroker.Tests.Tasks;

/// <summary>Asks and facts of a delegation that is approved as it stands; tests change what matters to them.</summary>
internal static class Delegations
{
    public static readonly DateTimeOffset Now = new DateTimeOffset(2026, 11, 20, 11, 53, 0, TimeSpan.Zero).AddTicks(12_345_678);

    public static TaskFacts Parent { get; } = Facts.Task(Now);

    public static DelegateAsk Ask { get; } = new()
    {
        Parent = Parent.Id,
        Decision = DecisionId.New(Now),
        Workload = Facts.Triage,
        AttestedBy = EvidenceKind.Jwt,
        To = Facts.Other,
        Intent = "look at one issue",
        Envelope = Make.Envelope(Make.Capability("github.issues", "read", "acme/api/*"), Facts.SendMail),
        TimeToLive = TimeSpan.FromMinutes(30),
    };

    public static DelegateFacts Known { get; } = new()
    {
        CatalogVersion = 7,
        CatalogDigest = [1, 2, 3],
        Policies = Policed.By(Policed.Unprivileged, Rules.Of("github.issues", "read"), Rules.Of("mail", "send")),
        Child = TaskId.NewBelow(Parent.Id, Now),
        Parent = Parent,
        Ancestors = [Parent.Id],
        LiveChildren = 0,
        MaxChildren = 3,
        DelegationDepth = 8,
        Rules = [new(true, Rules.Of("github.issues", "read")), new(true, Rules.Of("mail", "send"))],
        Allowed = new([Facts.ReadIssues, Facts.SendMail]),
        AllowedAbove = [new([Facts.ReadIssues, Facts.SendMail])],
        MaxTimeToLive = TimeSpan.FromHours(1),
        MaxBudget = 100,
        Keeping = new TextKeeping.Scrubbed(),
    };

    public static ApprovedTask Approve(DelegateAsk ask, DelegateFacts facts) =>
        Assert.IsType<StartDecision.Approved>(Delegating.Decide(ask, facts, Now)).Task;

    public static Refusal Deny(DelegateAsk ask, DelegateFacts facts) =>
        Assert.IsType<StartDecision.Denied>(Delegating.Decide(ask, facts, Now)).Refusal;

    public static Reason? ReasonOf(DelegateAsk ask, DelegateFacts? facts = null) =>
        Delegating.Decide(ask, facts ?? Known, Now) is StartDecision.Denied(var refusal) ? refusal.Reason : null;
}
