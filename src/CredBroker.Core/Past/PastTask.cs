using System.Collections.Immutable;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;

namespace CredBroker.Core.Past;

/// <summary>A task as it began: all of it that never changes, by the record alone.</summary>
/// <param name="Id">The task.</param>
/// <param name="Above">The tasks above it, root first; empty for a root.</param>
/// <param name="Workload">Whose it is.</param>
/// <param name="Initiator">On whose behalf.</param>
/// <param name="Intent">What it is for, as it is kept.</param>
/// <param name="Envelope">The most that it may ask for.</param>
/// <param name="CreatedAt">When it was approved.</param>
/// <param name="Deadline">When it ends at the latest.</param>
/// <param name="Budget">The most tokens that it may mint, before it gave any of them away.</param>
public sealed record PastTask(
    TaskId Id, ImmutableArray<TaskId> Above, SpiffeId Workload, string Initiator, string Intent, Envelope Envelope, DateTimeOffset CreatedAt,
    DateTimeOffset Deadline, int Budget)
{
    /// <summary>The root of its tree: itself, for a root.</summary>
    public TaskId Root => Above.IsEmpty ? Id : Above[0];
}
