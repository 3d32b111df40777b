using CredBroker.Core.Audit;
using CredBroker.Core.Capabilities;

namespace CredBroker.Core.Tasks;

/// <summary>What the catalog and the database say that matters to starting a task.</summary>
public sealed record StartFacts
{
    /// <summary>The catalog that the decision is made by.</summary>
    public required int CatalogVersion { get; init; }

    /// <summary>What the catalog has for each capability of the envelope, in its order.</summary>
    public required IReadOnlyList<FoundRule> Rules { get; init; }

    /// <summary>What the catalog allows the workload; null: it has no such workload.</summary>
    public required AllowList? Allowed { get; init; }

    /// <summary>Longest life of the workload's tasks; the contract's 24 hours hold whatever this says.</summary>
    public required TimeSpan MaxTimeToLive { get; init; }

    /// <summary>Most tokens to one of the workload's tasks, at least 1.</summary>
    public required int MaxBudget { get; init; }

    /// <summary>How many live tasks the workload has.</summary>
    public required int LiveTasks { get; init; }

    /// <summary>How many it may have.</summary>
    public required int MaxLiveTasks { get; init; }

    /// <summary>How the intent and the prompt fragment are kept.</summary>
    public required TextKeeping Keeping { get; init; }
}
