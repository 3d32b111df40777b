using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Policies;

/// <summary>What policies are asked: may this workload have this capability, for this task, now.</summary>
public sealed record PolicyQuestion
{
    /// <summary>Why it is asked.</summary>
    public required PolicyPhase Phase { get; init; }

    /// <summary>Who asks: the last of the chain. What those above it may do gives it nothing.</summary>
    public required SpiffeId Workload { get; init; }

    /// <summary>How it proved itself.</summary>
    public required EvidenceKind AttestedBy { get; init; }

    /// <summary>The task that it is for, with the history of its tree.</summary>
    public required TaskFacts Task { get; init; }

    /// <summary>What is asked for; at a call, what is called, with one value for each parameter.</summary>
    public required Capability Capability { get; init; }

    /// <summary>True when policies may look at the path: it is one path, or a pattern that is handed down as it stands.</summary>
    internal bool GivesPath => Phase == PolicyPhase.Delegate || Capability.Resource.IsExact;

    /// <summary>True when an approver has said yes to exactly this.</summary>
    public bool Approved { get; init; }
}
