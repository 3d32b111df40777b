using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;

namespace CredBroker.Server.Tokens;

/// <summary>
/// Loads what a mint's decision needs: the task, and the catalog's word from memory. A task that was read before is remembered: what of
/// it can change is checked again by the commit, so an approval may rest on memory, a denial never (decision 16).
/// </summary>
internal sealed class MintFactsReader(TaskReader tasks, LiveCatalog catalog)
{
    private readonly BoundedCache<TaskId, TaskFacts> _remembered = new(capacity: 16_384);

    /// <summary>The facts with the task as it was when it was last read; null: it was not, or that is long ago.</summary>
    public (MintFacts Facts, CatalogSnapshot Catalog)? Recall(MintAsk ask) =>
        _remembered.TryGet(ask.Task, out var task) ? FactsOf(ask, task, catalog.Current) : null;

    /// <summary>The facts, all of one moment of the database and of the catalog in force then, or a later one.</summary>
    public async ValueTask<(MintFacts Facts, CatalogSnapshot Catalog)> ReadAsync(MintAsk ask, CancellationToken ct)
    {
        var row = await tasks.ReadAsync(ask.Task, ct);
        var task = row is null ? null : TaskRowFacts.Of(row);
        if (task is not null) _remembered.Add(ask.Task, task);
        return FactsOf(ask, task, await catalog.AtLeastAsync(row?.CatalogInForce ?? 0, ct));
    }

    private static (MintFacts Facts, CatalogSnapshot Catalog) FactsOf(MintAsk ask, TaskFacts? task, CatalogSnapshot snapshot)
    {
        var found = snapshot.Catalog.FindAction(ask.Capability.Tool, ask.Capability.Action);
        var facts = new MintFacts
        {
            Task = task,
            CatalogVersion = snapshot.Version,
            CatalogDigest = snapshot.Digest,
            Policies = snapshot.Catalog.Policies,
            Found = found,
            Allowed = snapshot.Catalog.AllowedTo(ask.Workload),
            AllowedAbove = task is { Above.IsEmpty: false } ? [.. task.Above.Select(snapshot.Catalog.AllowedTo)] : [],
            DelegationDepth = snapshot.Catalog.Settings.DelegationDepth,
            RiskCeiling = snapshot.Catalog.Settings.TokenLifetimes.For(found.Rule?.Risk ?? RiskClass.Privileged),
        };
        return (facts, snapshot);
    }
}
