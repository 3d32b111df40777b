using System.Collections.Immutable;
using CredBroker.Core.Approvals;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Tokens;

/// <summary>
/// A token that the rules approved: all that the signer and the record need. Only <see cref="Minting"/> makes one, and the signer
/// takes nothing else: code that skips the rules does not compile. Immutable.
/// </summary>
public sealed class ApprovedGrant
{
    // A new grant.
    internal ApprovedGrant(
        MintAsk ask, TaskFacts task, MintFacts facts, ActionRule rule, Judgement.Allowed judgement, DateTimeOffset now, DateTimeOffset expiresAt)
        : this(ask, task)
    {
        Decision = ask.Decision;
        Audience = rule.Audience;
        IssuedAt = Deadlines.ToSeconds(now);
        ExpiresAt = expiresAt;
        Uses = rule.SingleUse || rule.Risk == RiskClass.Privileged || judgement.Terms.SingleUse ? 1 : null;
        HistoryVersion = task.HistoryVersion;
        CatalogVersion = facts.CatalogVersion;
        Policy = new(facts.CatalogVersion, facts.CatalogDigest, judgement);
        Adds = HistoryLabels.AddedBy(rule, task.History);
        Counts = GrantCounts.KeyOf(rule);
        IsSerial = facts.Policies.ReadCounts;
        AskDigest = ask.Digest();
    }

    // The grant of a token that was minted already, asked for again.
    internal ApprovedGrant(MintAsk ask, TaskFacts task, IssuedToken first)
        : this(ask, task)
    {
        Decision = first.Decision;
        Audience = first.Audience;
        IssuedAt = Deadlines.ToSeconds(first.IssuedAt);
        ExpiresAt = Deadlines.ToSeconds(first.ExpiresAt);
        Uses = first.Uses;
        Adds = [];
        AskDigest = first.AskDigest;
    }

    private ApprovedGrant(MintAsk ask, TaskFacts task)
    {
        Jti = ask.Jti;
        Task = task.Id;
        Root = task.Root;
        Workload = task.Workload;
        AttestedBy = ask.AttestedBy;
        Above = task.Above;
        Initiator = task.Initiator;
        Capability = ask.Capability;
        Binding = ask.Binding;
        Approval = ask.Approval;
        Audience = "";
        Counts = "";
        AskDigest = [];
    }

    /// <summary>The token.</summary>
    public Jti Jti { get; }

    /// <summary>The decision that allowed it.</summary>
    public DecisionId Decision { get; }

    /// <summary>The task that it lives and dies with.</summary>
    public TaskId Task { get; }

    /// <summary>The root of the task's tree.</summary>
    public TaskId Root { get; }

    /// <summary>The workload that asked, and may present it.</summary>
    public SpiffeId Workload { get; }

    /// <summary>How that workload proved itself when it asked: policies want to know it at every use.</summary>
    public EvidenceKind AttestedBy { get; }

    /// <summary>The workloads of the tasks above, root first; empty for a root task.</summary>
    public ImmutableArray<SpiffeId> Above { get; }

    /// <summary>On whose behalf the task runs.</summary>
    public string Initiator { get; }

    /// <summary>Who takes it.</summary>
    public string Audience { get; }

    /// <summary>What it is good for.</summary>
    public Capability Capability { get; }

    /// <summary>What it is bound to.</summary>
    public Binding Binding { get; }

    /// <summary>The approval that it takes; null: nobody had to be asked.</summary>
    public ApprovalId? Approval { get; }

    /// <summary>When it was issued, and is valid from: whole seconds, never later than the decision.</summary>
    public DateTimeOffset IssuedAt { get; }

    /// <summary>When it ends: whole seconds, never later than its task.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>How many calls it is good for; null: not counted.</summary>
    public int? Uses { get; }

    /// <summary>The version of the history that the decision saw: the commit is conditional on it.</summary>
    public int HistoryVersion { get; }

    /// <summary>The catalog that the decision was made by: the commit is conditional on it.</summary>
    public int CatalogVersion { get; }

    /// <summary>What that catalog's policies said; null for the grant of a token that was minted before.</summary>
    public PolicyDecision? Policy { get; }

    /// <summary>The labels that it adds to the tree's history; mostly none.</summary>
    public ImmutableArray<string> Adds { get; }

    /// <summary>What the tree's counts grow by one under: <see cref="GrantCounts.KeyOf"/>.</summary>
    public string Counts { get; }

    /// <summary>True when the decision may rest on counts: then the commit is conditional on there having been no other grant of the tree.</summary>
    public bool IsSerial { get; }

    /// <summary><see cref="MintAsk.Digest"/>: 32 bytes.</summary>
    public byte[] AskDigest { get; }
}
