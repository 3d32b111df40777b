using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Server.Storage;

namespace CredBroker.Server.Tokens;

/// <summary>
/// Loads what a mint's decision needs: the task, and the catalog's word from memory. A task that was read before is remembered: what of
/// it can change is checked again by the commit, so an approval may rest on memory, a denial never (decision 16). Where policies read
/// what every grant changes, nothing is remembered: the version of the history that stands for it moves all the time (decision 17).
/// </summary>
internal sealed class MintFactsReader(CurrentTasks tasks, LiveCatalog catalog)
{
    private readonly BoundedCache<TaskId, TaskFacts> _remembered = new(capacity: 16_384);

    /// <summary>The facts with the task as it was when it was last read; null: it was not, or that is long ago.</summary>
    public (MintFacts Facts, CatalogSnapshot Catalog)? Recall(MintAsk ask) =>
        catalog.Current is var snapshot && !snapshot.Catalog.Policies.ReadCounts && _remembered.TryGet(ask.Task, out var task)
            ? FactsOf(ask, task, snapshot)
            : null;

    /// <summary>The root of the task's tree, which never changes; null: there is no such task.</summary>
    public async ValueTask<TaskId?> RootAsync(MintAsk ask, CancellationToken ct) => _remembered.TryGet(ask.Task, out var known)
        ? known!.Root
        : (await ReadAsync(ask, ct)).Facts.Task?.Root;

    /// <summary>The facts, all of one moment of the database and of the catalog in force then, or a later one.</summary>
    public async ValueTask<(MintFacts Facts, CatalogSnapshot Catalog)> ReadAsync(MintAsk ask, CancellationToken ct)
    {
        var (task, snapshot) = await tasks.ReadAsync(ask.Task, ct);
        if (task is not null) _remembered.Add(ask.Task, task);
        return FactsOf(ask, task, snapshot);
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
