using System.Collections.Immutable;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;

namespace CredBroker.Core.Past;

/// <summary>
/// A decision as it is on record. Closed: <see cref="Mint"/>, <see cref="Use"/>, <see cref="Delegation"/>. What the record does not say,
/// mostly because it is older than this program, is null.
/// </summary>
public abstract record PastDecision
{
    private PastDecision()
    {
    }

    /// <summary>What it is recorded under.</summary>
    public required DecisionId Id { get; init; }

    /// <summary>The moment that it was made for: of a denial that policies did not see, when it was recorded.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The task that asked; at a call, the token's. Null: there was none.</summary>
    public required TaskId? Task { get; init; }

    /// <summary>What was decided.</summary>
    public required DecisionVerdict Was { get; init; }

    /// <summary>True when no catalog has a say in it: the task was over, the token was not shown to be the caller's.</summary>
    public required bool IsSettled { get; init; }

    /// <summary>How the workload proved itself.</summary>
    public required EvidenceKind? AttestedBy { get; init; }

    /// <summary>The version of the tree's history that it saw.</summary>
    public required int? HistoryVersion { get; init; }

    /// <summary>The catalog that it was made by.</summary>
    public required int? CatalogVersion { get; init; }

    /// <summary>True when it was decided with an approvers' yes.</summary>
    public required bool Approved { get; init; }

    /// <summary>True when an approval was brought, or was the token's, whether or not it counted.</summary>
    public required bool HasApproval { get; init; }

    /// <summary>What the policies of then could look at.</summary>
    public required PastInputs Inputs { get; init; }

    /// <summary>When policies are asked about such a thing.</summary>
    public PolicyPhase Phase => this switch
    {
        Mint => PolicyPhase.Mint,
        Use => PolicyPhase.Authorize,
        Delegation => PolicyPhase.Delegate,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>What was asked for; of a delegation, the first capability of the envelope, or the one that was denied.</summary>
    public Capability Asked => this switch
    {
        Mint mint => mint.Capability,
        Use use => use.Call.Capability,
        Delegation delegation => delegation.Envelope.Capabilities[Math.Min(delegation.DeniedAt ?? 0, delegation.Envelope.Capabilities.Length - 1)],
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A token was asked for.</summary>
    public sealed record Mint : PastDecision
    {
        /// <summary>Who asked.</summary>
        public required SpiffeId Workload { get; init; }

        /// <summary>For what.</summary>
        public required Capability Capability { get; init; }

        /// <summary>What the token was to be bound to.</summary>
        public required Binding Binding { get; init; }

        /// <summary>The labels that the grant added to the history of its tree.</summary>
        public required ImmutableArray<string> Adds { get; init; }
    }

    /// <summary>A token was used.</summary>
    public sealed record Use : PastDecision
    {
        /// <summary>Who asked.</summary>
        public required SpiffeId Backend { get; init; }

        /// <summary>The call.</summary>
        public required ToolCall Call { get; init; }

        /// <summary>What matters of the token.</summary>
        public required PastToken? Token { get; init; }
    }

    /// <summary>A part of a task was given to another workload.</summary>
    public sealed record Delegation : PastDecision
    {
        /// <summary>Who asked.</summary>
        public required SpiffeId Workload { get; init; }

        /// <summary>Who was to do it.</summary>
        public required SpiffeId To { get; init; }

        /// <summary>The most that the child was to ask for.</summary>
        public required Envelope Envelope { get; init; }

        /// <summary>Which of its capabilities was denied.</summary>
        public required int? DeniedAt { get; init; }

        /// <summary>How long the child was to live.</summary>
        public required TimeSpan? TimeToLive { get; init; }

        /// <summary>The tokens that the child was to have; null: none were named, or, without <see cref="TimeToLive"/>, it is not on record.</summary>
        public required int? Budget { get; init; }
    }
}

/// <summary>What a catalog may hold against a token whenever it is used.</summary>
/// <param name="Audience">Who takes it.</param>
/// <param name="IssuedAt">When it was issued.</param>
/// <param name="IsBearer">True when it was bound to nothing.</param>
/// <param name="IsCounted">True when it was good for so many calls only.</param>
public sealed record PastToken(string Audience, DateTimeOffset IssuedAt, bool IsBearer, bool IsCounted);

/// <summary>An entry of the record that matters to a replay: it decides, or it begins a task, or both.</summary>
/// <param name="At">When it was made.</param>
/// <param name="Begins">The task that it begins; null: none.</param>
/// <param name="Decision">The decision that it records; null: none.</param>
public sealed record PastEntry(DateTimeOffset At, PastTask? Begins, PastDecision? Decision);
