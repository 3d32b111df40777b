using CredBroker.Core;
using CredBroker.Core.Approvals;
using CredBroker.Core.Audit;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Past;
using CredBroker.Core.Policies;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Tests.Capabilities;
using CredBroker.Tests.Identity;
using CredBroker.Tests.Tasks;
using CredBroker.Tests.Tokens;

namespace CredBroker.Tests.Past;

/// <summary>
/// A broker without a database: it decides by the real rules, keeps what the tables would, and writes the real audit entries. Beside every
/// decision it has what another catalog would have decided at that very moment.
/// </summary>
internal sealed class PastWorld(Mutations random, CatalogSnapshot candidate, DateTimeOffset start)
{
    private static readonly string[] s_resources = ["acme/1", "acme/2", "acme/**"];

    private readonly List<LivingTree> _trees = [];
    private readonly List<(IssuedToken Token, LivingTree Tree, LivingTask Task, EvidenceKind By)> _tokens = [];

    public DateTimeOffset Now { get; private set; } = start;

    public List<AuditEntry> Record { get; } = [];

    /// <summary>What the candidate would have said, by the decision.</summary>
    public Dictionary<Guid, DecisionOutcome> Expected { get; } = [];

    /// <summary>One thing happens.</summary>
    public void Step(CatalogSnapshot inForce)
    {
        Now += TimeSpan.FromMilliseconds(random.Next(6_000));
        var what = random.Next(20);
        if (_trees.Count == 0 || what == 0) StartTask(inForce);
        else if (what < 3) Delegate(inForce);
        else if (what < 9 && _tokens.Count > 0) Use(inForce);
        else Mint(inForce);
    }

    /// <summary>Two mints of one task are decided on the same facts, and the one that moves the history commits last, as it must.</summary>
    public void Race(CatalogSnapshot inForce)
    {
        if (_trees.Count == 0) return;
        var tree = Any(_trees);
        var task = Any(tree.Tasks);
        var (first, second) = (Ask(task), Ask(task));
        var (one, other) = (Decide(inForce, tree, task, first), Decide(inForce, tree, task, second));
        if (one is MintDecision.Approved(var moving) && other is MintDecision.Approved(var still)
            && (moving.IsSerial || !moving.Adds.IsEmpty) && !still.IsSerial && still.Adds.IsEmpty && task.Budget - task.Spent > 1)
        {
            Commit(inForce, tree, task, second, other, entryFirst: false);
            Commit(inForce, tree, task, first, one, entryFirst: true);
        }
    }

    private void StartTask(CatalogSnapshot inForce)
    {
        var ask = Facts.Ask(Now) with
        {
            Workload = Id(PastCatalogs.Agent), Intent = random.Next(3) == 0 ? "something odd" : "the usual", TimeToLive = TimeSpan.FromMinutes(2 + random.Next(3)),
            Budget = 4 + random.Next(60), Envelope = EnvelopeOf(),
        };
        var facts = Facts.Start() with
        {
            CatalogVersion = inForce.Version, Rules = RulesOf(inForce, ask.Envelope), Allowed = inForce.Catalog.AllowedTo(ask.Workload), MaxBudget = 1000,
        };
        if (Starting.Decide(ask, facts, Now) is not StartDecision.Approved(var root)) return;
        var tree = new LivingTree(candidate);
        tree.Tasks.Add(new(FactsOf(root), []));
        _trees.Add(tree);
        Record.Add(AuditPayloads.TaskStarted(root));
    }

    private void Delegate(CatalogSnapshot inForce)
    {
        var tree = Any(_trees);
        var parent = Any(tree.Tasks);
        var ask = new DelegateAsk
        {
            Parent = parent.Born.Id, Decision = DecisionId.New(Now), Workload = parent.Born.Workload, AttestedBy = Any(Enum.GetValues<EvidenceKind>()),
            To = Id(random.Next(3) == 0 ? PastCatalogs.Agent : PastCatalogs.Helper), Intent = "a part", Envelope = EnvelopeOf(),
            TimeToLive = TimeSpan.FromMinutes(1 + random.Next(9)), Budget = random.Next(3) == 0 ? null : 1 + random.Next(9),
        };
        var decision = Delegating.Decide(ask, FactsOf(inForce, ask, tree.FactsOf(parent, under: false), parent), Now);
        var would = Delegating.Decide(ask, FactsOf(candidate, ask, tree.FactsOf(parent, under: true), parent), Now) switch
        {
            StartDecision.Approved => null,
            StartDecision.Denied(var refusal) => (Reason?)refusal.Reason,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (decision is StartDecision.Approved(var child))
        {
            Write(DelegationPayloads.Delegated(child, ask), null, would);
            tree.Delegate(parent, child);
        }
        else if (decision is StartDecision.Denied({ IsDenial: true } refusal) denied)
        {
            Write(DelegationPayloads.DelegateDenied(Now, ask, refusal, denied.Policy), refusal.Reason, SettledReasons.OfDelegation(refusal.Reason) ? refusal.Reason : would);
        }
    }

    private void Mint(CatalogSnapshot inForce)
    {
        var tree = Any(_trees);
        var task = Any(tree.Tasks);
        var ask = Ask(task) with { Approval = random.Next(4) == 0 ? ApprovalId.New(Now) : null };
        Commit(inForce, tree, task, ask, Decide(inForce, tree, task, ask), entryFirst: false);
    }

    private void Commit(CatalogSnapshot inForce, LivingTree tree, LivingTask task, MintAsk ask, MintDecision decision, bool entryFirst)
    {
        var would = ReasonOf(With(ask, FactsOf(candidate, ask, tree.FactsOf(task, under: true)), Now));
        switch (decision)
        {
            case MintDecision.Approved(var grant):
                Write(AuditPayloads.TokenMinted(Now, grant, null), null, would, entryFirst);
                tree.Grant(task, grant, inForce.Catalog.FindAction(ask.Capability.Tool, ask.Capability.Action).Rule!);
                _tokens.Add((TokenOf(ask, grant), tree, task, ask.AttestedBy));
                break;
            case MintDecision.NeedsApproval(_, var needed):
                Write(AuditPayloads.MintDenied(Now, ask, new(Reason.ApprovalRequired), PolicyOf(inForce, tree, needed)), Reason.ApprovalRequired, would);
                break;
            case MintDecision.Denied({ IsDenial: true } refusal) denied:
                var policy = denied.Judgement is { } judgement ? PolicyOf(inForce, tree, judgement) : null;
                Write(AuditPayloads.MintDenied(Now, ask, refusal, policy), refusal.Reason, SettledReasons.OfMint(refusal.Reason) ? refusal.Reason : would);
                break;
            default:
                break;
        }
    }

    private void Use(CatalogSnapshot inForce)
    {
        var (token, tree, task, by) = _tokens[^Math.Min(1 + random.Next(8), _tokens.Count)];
        var asked = token.Capability;
        var call = Uses.Call(asked.Tool.ToString(), asked.Action.ToString(), asked.Resource.IsExact ? asked.Resource.ToString() : Any(["acme/1", "acme/7/2"]),
            asked.Tool.ToString() == "tickets" && asked.Action.ToString() == "read" ? [("state", Make.OneOf(Any(["open", "closed"])))] : []);
        var ask = new AuthorizeAsk
        {
            Request = RequestId.Of(Guid.CreateVersion7(Now)), Decision = DecisionId.New(Now), Backend = Id(PastCatalogs.Backend),
            Serves = inForce.Catalog.FindWorkload(Id(PastCatalogs.Backend))!.Serves, Call = call,
        };
        var decision = Authorizing.Decide(ask, FactsOf(inForce, ask, token, tree.FactsOf(task, under: false), by), Now);
        var would = Authorizing.Decide(
            ask with { Serves = candidate.Catalog.FindWorkload(Id(PastCatalogs.Backend))!.Serves }, FactsOf(candidate, ask, token, tree.FactsOf(task, under: true), by), Now) switch
        {
            AuthorizeDecision.Allowed => null,
            AuthorizeDecision.Denied(var refusal) => (Reason?)refusal.Reason,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (decision is AuthorizeDecision.Allowed(var use)) Write(UsePayloads.Authorized(Now, use), null, would);
        else if (decision is AuthorizeDecision.Denied(var refusal) denied)
            Write(UsePayloads.Denied(Now, ask, token, refusal, by, denied.Policy), refusal.Reason, SettledReasons.OfUse(refusal.Reason, denied.Policy is not null) ? refusal.Reason : would);
    }

    private void Write(AuditEntry entry, Reason? was, Reason? would, bool first = false)
    {
        Record.Insert(first ? Record.Count - 1 : Record.Count, entry);
        Expected[entry.DecisionId!.Value] = OutcomeOf(would);
        Assert.Equal(OutcomeOf(was), PastEntryReader.Read(entry.Kind, entry.Payload)?.Decision?.Was.Outcome);
    }

    private MintAsk Ask(LivingTask task) => new()
    {
        Request = RequestId.Of(Guid.CreateVersion7(Now)), Decision = DecisionId.New(Now), Task = task.Born.Id, Workload = task.Born.Workload,
        AttestedBy = Any(Enum.GetValues<EvidenceKind>()), Capability = AnyCapability(), Binding = random.Next(5) == 0 ? new Binding.Bearer() : Mints.Key,
    };

    private static MintDecision Decide(CatalogSnapshot catalog, LivingTree tree, LivingTask task, MintAsk ask, DateTimeOffset now) =>
        With(ask, FactsOf(catalog, ask, tree.FactsOf(task, under: false)), now);

    // An approval that is brought was given by those who may.
    private static MintDecision With(MintAsk ask, MintFacts facts, DateTimeOffset now) => Minting.Decide(ask, facts, now) switch
    {
        MintDecision.Denied denied => denied,
        var without => ask.Approval is null ? without : Minting.Decide(ask, facts with { Approved = true }, now),
    };

    private MintDecision Decide(CatalogSnapshot catalog, LivingTree tree, LivingTask task, MintAsk ask) => Decide(catalog, tree, task, ask, Now);

    private static MintFacts FactsOf(CatalogSnapshot by, MintAsk ask, TaskFacts task)
    {
        var found = by.Catalog.FindAction(ask.Capability.Tool, ask.Capability.Action);
        return new()
        {
            Task = task, CatalogVersion = by.Version, CatalogDigest = by.Digest, Policies = by.Catalog.Policies, Found = found, Allowed = by.Catalog.AllowedTo(ask.Workload),
            AllowedAbove = [.. task.Above.Select(by.Catalog.AllowedTo)], DelegationDepth = by.Catalog.Settings.DelegationDepth,
            RiskCeiling = by.Catalog.Settings.TokenLifetimes.For(found.Rule?.Risk ?? RiskClass.Privileged),
        };
    }

    private static AuthorizeFacts FactsOf(CatalogSnapshot by, AuthorizeAsk ask, IssuedToken token, TaskFacts task, EvidenceKind attestedBy) => new()
    {
        Approval = token.Approval is { } approval ? ApprovalOf(approval, token, by) : null, Token = token, Revoked = false, Possession = token.Binding is Binding.Bearer ? Possession.None : Possession.Shown, AttestedBy = attestedBy, Task = task,
        CatalogVersion = by.Version, CatalogDigest = by.Digest, Policies = by.Catalog.Policies,
        Found = by.Catalog.FindAction(ask.Call.Capability.Tool, ask.Call.Capability.Action), Allowed = by.Catalog.AllowedTo(task.Workload),
        AllowedAbove = [.. task.Above.Select(by.Catalog.AllowedTo)],
    };

    private static TokenApproval ApprovalOf(ApprovalId id, IssuedToken token, CatalogSnapshot by) => new(
        new()
        {
            Id = id, Task = token.Task, Workload = Id(PastCatalogs.Agent), Digest = [], Groups = [.. by.Catalog.ApproverGroups.Keys], Quorum = 1,
            State = ApprovalState.Used, Votes = [.. by.Catalog.Admins.Keys.Select(name => new ApprovalVote(name, true))], Jti = token.Jti,
        },
        by.Catalog);

    private DelegateFacts FactsOf(CatalogSnapshot by, DelegateAsk ask, TaskFacts facts, LivingTask parent)
    {
        var limits = by.Catalog.FindWorkload(ask.To)!.Limits;
        return new()
        {
            CatalogVersion = by.Version, CatalogDigest = by.Digest, Policies = by.Catalog.Policies, Child = TaskId.NewBelow(ask.Parent, Now), Parent = facts,
            Ancestors = parent.Line, LiveChildren = 0, MaxChildren = 100, DelegationDepth = by.Catalog.Settings.DelegationDepth, Rules = RulesOf(by, ask.Envelope),
            Allowed = by.Catalog.AllowedTo(ask.To), AllowedAbove = [.. facts.Above.Append(facts.Workload).Select(by.Catalog.AllowedTo)],
            MaxTimeToLive = limits.MaxTimeToLive, MaxBudget = limits.MaxBudget, Keeping = new TextKeeping.Scrubbed(),
        };
    }

    private static TaskFacts FactsOf(ApprovedTask root) => Facts.Task(root.CreatedAt) with
    {
        Id = root.Id, Root = root.Id, Workload = root.Workload, Initiator = root.Initiator, Intent = root.Intent, CreatedAt = root.CreatedAt, Deadline = root.Deadline,
        Envelope = root.Envelope, Budget = root.Budget,
    };

    private static IssuedToken TokenOf(MintAsk ask, ApprovedGrant grant) => new()
    {
        Jti = grant.Jti, Task = grant.Task, Capability = grant.Capability, Audience = grant.Audience, Binding = grant.Binding, IssuedAt = grant.IssuedAt,
        ExpiresAt = grant.ExpiresAt, Uses = grant.Uses, Decision = grant.Decision, AskDigest = ask.Digest(), Approval = grant.Approval,
    };

    private static PolicyDecision PolicyOf(CatalogSnapshot by, LivingTree tree, Judgement judgement) => new(by.Version, by.Digest, judgement) { HistoryVersion = tree.Version };

    private static Reason? ReasonOf(MintDecision decision) => decision switch
    {
        MintDecision.Approved => null,
        MintDecision.NeedsApproval => Reason.ApprovalRequired,
        MintDecision.Denied(var refusal) => refusal.Reason,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static DecisionOutcome OutcomeOf(Reason? reason) => reason switch
    {
        null => DecisionOutcome.Allowed, Reason.ApprovalRequired => DecisionOutcome.ApprovalRequired, _ => DecisionOutcome.Denied,
    };

    private static IReadOnlyList<FoundRule> RulesOf(CatalogSnapshot by, Envelope envelope) => [.. envelope.Capabilities.Select(one => by.Catalog.FindAction(one.Tool, one.Action))];

    private Envelope EnvelopeOf() => random.Next(3) switch
    {
        0 => Make.Envelope(Make.Capability("tickets", "read", "acme/**"), Make.Capability("mail", "send", "customers/1")),
        1 => Make.Envelope(Make.Capability("tickets", "read", "acme/**")),
        _ => Make.Envelope(
            Make.Capability("tickets", "read", "acme/**"), Make.Capability("tickets", "write", "acme/**"), Make.Capability("mail", "send", "customers/*"),
            Make.Capability("vault", "open", "box/1")),
    };

    private Capability AnyCapability() => random.Next(7) switch
    {
        0 => Make.Capability("mail", "send", $"customers/{1 + random.Next(2)}"),
        1 => Make.Capability("vault", "open", "box/1"),
        2 or 3 => Make.Capability("tickets", "write", Any(s_resources)),
        4 => Make.Capability("tickets", "read", Any(s_resources)),
        _ => Make.Capability("tickets", "read", Any(s_resources), ("state", Make.OneOf(Any(["open", "closed"])))),
    };

    private T Any<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];

    private static SpiffeId Id(string text) => Facts.Workload(text);
}
