using CredBroker.Core.Tasks;

namespace CredBroker.Server.Ledger;

/// <summary>A task that has just ended.</summary>
/// <param name="Id">The task.</param>
/// <param name="RootId">The root of its tree.</param>
/// <param name="ParentId">The task above it; null for a root.</param>
/// <param name="Workload">SPIFFE ID of the workload that it belonged to.</param>
/// <param name="Initiator">On whose behalf.</param>
/// <param name="Cause">Why it ended: <see cref="EndCause.AncestorEnded"/> unless it was named itself.</param>
/// <param name="EndedAt">When, by the database's clock.</param>
/// <param name="Spent">How many tokens were minted under it.</param>
internal sealed record EndedTask(
    TaskId Id, TaskId RootId, TaskId? ParentId, string Workload, string Initiator, EndCause Cause, DateTimeOffset EndedAt, int Spent);
