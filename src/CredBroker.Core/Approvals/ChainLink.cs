using CredBroker.Core.Identity;

namespace CredBroker.Core.Approvals;

/// <summary>A task of the chain that an approval is asked in: the task itself, or one above it.</summary>
/// <param name="Workload">Whose it is.</param>
/// <param name="Initiator">On whose behalf.</param>
public readonly record struct ChainLink(SpiffeId Workload, string Initiator);
