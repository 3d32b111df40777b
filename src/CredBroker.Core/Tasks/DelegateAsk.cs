using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Tasks;

/// <summary>What a workload asks for when it gives a part of its task to another, before anything is checked but the form of the envelope.</summary>
public sealed record DelegateAsk
{
    /// <summary>The task that a part of is given away: the child's parent.</summary>
    public required TaskId Parent { get; init; }

    /// <summary>The id that the decision is recorded under.</summary>
    public required DecisionId Decision { get; init; }

    /// <summary>Who asks.</summary>
    public required SpiffeId Workload { get; init; }

    /// <summary>How it proved itself.</summary>
    public required EvidenceKind AttestedBy { get; init; }

    /// <summary>Who is to do it.</summary>
    public required SpiffeId To { get; init; }

    /// <summary>What the child is for, in the asking agent's words: 1 to 4,096 bytes of UTF-8.</summary>
    public required string Intent { get; init; }

    /// <summary>The most that the child may ever ask for.</summary>
    public required Envelope Envelope { get; init; }

    /// <summary>1 second to the ceiling of the child's workload, never over 24 hours; what goes beyond the parent's deadline is cut off.</summary>
    public required TimeSpan TimeToLive { get; init; }

    /// <summary>The tokens that the child may mint, taken from the parent's; null: half of what the parent has left, to the ceiling.</summary>
    public int? Budget { get; init; }

    /// <summary>The part of the prompt that led here: at most 4,096 bytes of UTF-8; null: none.</summary>
    public string? PromptFragment { get; init; }
}
