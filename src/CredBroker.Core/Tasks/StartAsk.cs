using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;

namespace CredBroker.Core.Tasks;

/// <summary>What a workload asks for when it starts a task, before anything is checked but the form of its envelope.</summary>
public sealed record StartAsk
{
    /// <summary>The id that the task gets if it is started.</summary>
    public required TaskId Task { get; init; }

    /// <summary>The id that the decision is recorded under.</summary>
    public required DecisionId Decision { get; init; }

    /// <summary>Who asks.</summary>
    public required SpiffeId Workload { get; init; }

    /// <summary>What the task is for, in the agent's words: 1 to 4,096 bytes of UTF-8.</summary>
    public required string Intent { get; init; }

    /// <summary>On whose behalf: 1 to 256 bytes of UTF-8.</summary>
    public required string Initiator { get; init; }

    /// <summary>The most that the task may ever ask for.</summary>
    public required Envelope Envelope { get; init; }

    /// <summary>1 second to the catalog's ceiling, never over 24 hours.</summary>
    public required TimeSpan TimeToLive { get; init; }

    /// <summary>1 second to 1 hour; null: no heartbeats are promised.</summary>
    public TimeSpan? HeartbeatInterval { get; init; }

    /// <summary>The most tokens that it may mint, 1 to the catalog's ceiling; null: the ceiling.</summary>
    public int? Budget { get; init; }

    /// <summary>The part of the prompt that led here: at most 4,096 bytes of UTF-8; null: none.</summary>
    public string? PromptFragment { get; init; }
}
