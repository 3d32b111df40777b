using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using TaskRow = CredBroker.Server.Ledger.TaskRow;

namespace CredBroker.Server.Tokens;

/// <summary>
/// Loads what a mint's decision needs: the task, and the catalog's word from memory. A task that was read before is remembered: what of
/// it can change is checked again by the commit, so an approval may rest on memory, a denial never (decision 16). Where policies read
/// what every grant changes, nothing is remembered: the version of the history that stands for it moves all the time (decision 17).
/// </summary>
internal sealed class MintFactsReader(TaskReader tasks, LiveCatalog catalog)
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
        for (; ; )
        {
            var row = await tasks.ReadAsync(ask.Task, ct);
            var task = row is null ? null : TaskOf(row);
            if (task is not null) _remembered.Add(ask.Task, task);
            var snapshot = await catalog.AtLeastAsync(row?.CatalogInForce ?? 0, ct);
            // Under an older catalog grants may have left the version as it was: counts that were read then may be old, and nothing tells.
            if (row is null || !snapshot.Catalog.Policies.ReadCounts || row.CatalogInForce == snapshot.Version) return FactsOf(ask, task, snapshot);
        }
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
            RiskCeiling = snapshot.Catalog.Settings.TokenLifetimes.For(found.Rule?.Risk ?? RiskClass.Privileged),
        };
        return (facts, snapshot);
    }

    private static TaskFacts TaskOf(TaskRow row) => new()
    {
        Id = row.Id, Root = row.RootId, Workload = IdOf(row.Workload), Above = [.. row.AncestorWorkloads.Select(IdOf)], Initiator = row.Initiator,
        Intent = row.Intent, CreatedAt = row.CreatedAt,
        // The database also knows whether the tasks above are live: one below a task that is over is over.
        State = row.State == TaskState.Active && !row.Live ? TaskState.Ended : row.State,
        Deadline = row.Deadline, HeartbeatDue = row.HeartbeatDue, Envelope = EnvelopeOf(row), Budget = row.Budget, Spent = row.Spent,
        History = [.. row.History], Granted = row.Granted, HistoryVersion = row.HistoryVersion,
    };

    private static Envelope EnvelopeOf(TaskRow row) => CapabilityJson.TryParse(row.EnvelopeJson, out Envelope? envelope)
        ? envelope
        : throw new InvalidDataException($"Task {row.Id} in the database does not read.");

    private static SpiffeId IdOf(string text) =>
        SpiffeId.TryParse(text, out var id) ? id : throw new InvalidDataException("A task's workload in the database does not read.");
}
