using CredBroker.Core.Audit;
using CredBroker.Core.Tasks;

namespace CredBroker.Server.Ledger;

/// <summary>What to end, and why.</summary>
/// <param name="Tasks">The tasks; each ends with its descendants. Those that do not exist or have ended already are passed over.</param>
/// <param name="Cause">Why the named tasks end; their descendants end because of them.</param>
/// <param name="Summary">What the workload said of the named tasks, scrubbed; null: nothing.</param>
/// <param name="Audit">Makes the audit entry of each task that ends.</param>
internal sealed record TaskEnd(IReadOnlyCollection<TaskId> Tasks, EndCause Cause, string? Summary, Func<EndedTask, AuditEntry> Audit);
