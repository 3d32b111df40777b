using System.Collections.Immutable;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Policies.Testing;

/// <summary>One example request, with the answer that its author expects. All that it names is in the catalog that it was read with.</summary>
public sealed record PolicyTestCase
{
    /// <summary>What it shows, in its author's words; in its file no other is called so.</summary>
    public required string Name { get; init; }

    /// <summary>Where it begins.</summary>
    public required SourcePosition At { get; init; }

    /// <summary>What is asked: a token, a call with one, or to hand a capability down.</summary>
    public required PolicyPhase Phase { get; init; }

    /// <summary>Who asks.</summary>
    public required Workload Workload { get; init; }

    /// <summary>How it proved itself.</summary>
    public required EvidenceKind AttestedBy { get; init; }

    /// <summary>To whom the capability is handed down; null in every other phase.</summary>
    public required Workload? To { get; init; }

    /// <summary>What is asked for; of a call, the call: one resource, one value to each parameter.</summary>
    public required Capability Capability { get; init; }

    /// <summary>The task that it is asked for.</summary>
    public required PolicyTestTask Task { get; init; }

    /// <summary>The moment.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>True when approvers have said yes to exactly this.</summary>
    public required bool Approved { get; init; }

    /// <summary>The answer that is expected.</summary>
    public required PolicyTestExpectation Expected { get; init; }
}

/// <summary>The task of an example request: a task that is active and far from its end.</summary>
public sealed record PolicyTestTask
{
    /// <summary>What it is for.</summary>
    public required string Intent { get; init; }

    /// <summary>On whose behalf.</summary>
    public required string Initiator { get; init; }

    /// <summary>The workloads of the tasks above, root first.</summary>
    public required ImmutableArray<SpiffeId> Above { get; init; }

    /// <summary>How long ago it was started.</summary>
    public required TimeSpan Age { get; init; }

    /// <summary>How many tokens it has minted.</summary>
    public required int Issued { get; init; }

    /// <summary>How many it may still mint.</summary>
    public required int RemainingBudget { get; init; }

    /// <summary>The most that it may ask for; null: exactly what is asked for.</summary>
    public required Envelope? Envelope { get; init; }

    /// <summary>The labels of its tree's history.</summary>
    public required ImmutableArray<string> History { get; init; }

    /// <summary>What its tree was granted, in numbers.</summary>
    public required GrantCounts Granted { get; init; }
}
