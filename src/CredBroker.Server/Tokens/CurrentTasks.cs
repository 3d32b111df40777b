using CredBroker.Core.Catalog;
using CredBroker.Core.Tasks;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;

namespace CredBroker.Server.Tokens;

/// <summary>Reads tasks together with the catalog that is to decide about them.</summary>
internal sealed class CurrentTasks(TaskReader tasks, LiveCatalog catalog)
{
    /// <summary>The task as it is now, null when there is none, and the catalog that is in force then, or a later one.</summary>
    public async ValueTask<(TaskFacts? Task, CatalogSnapshot Catalog)> ReadAsync(TaskId id, CancellationToken ct)
    {
        for (; ; )
        {
            var row = await tasks.ReadAsync(id, ct);
            var snapshot = await catalog.AtLeastAsync(row?.CatalogInForce ?? 0, ct);
            // Under an older catalog grants may have left the version as it was: counts that were read then may be old, and nothing tells.
            if (row is null || !snapshot.Catalog.Policies.ReadCounts || row.CatalogInForce == snapshot.Version)
                return (row is null ? null : TaskRowFacts.Of(row), snapshot);
        }
    }
}
