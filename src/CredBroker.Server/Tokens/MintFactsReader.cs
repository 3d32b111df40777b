using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Server.Ledger;

namespace CredBroker.Server.Tokens;

/// <summary>
/// Loads what a mint's decision needs: the task, and the catalog's word from memory. A task that was read before is remembered: what of
/// it can change is checked again by the commit, so an approval may rest on memory, a denial never (decision 16).
/// </summary>
internal sealed class MintFactsReader(TaskReader tasks)
{
    private readonly BoundedCache<TaskId, TaskFacts> _remembered = new(capacity: 16_384);

    /// <summary>The facts with the task as it was when it was last read; null: it was not, or that is long ago.</summary>
    public MintFacts? Recall(MintAsk ask, CatalogSnapshot snapshot) =>
        _remembered.TryGet(ask.Task, out var task) ? FactsOf(ask, task, snapshot) : null;

    /// <summary>The facts with the task as it is now.</summary>
    public async ValueTask<MintFacts> ReadAsync(MintAsk ask, CatalogSnapshot snapshot, CancellationToken ct)
    {
        var task = await tasks.ReadAsync(ask.Task, ct) is { } row ? TaskOf(row) : null;
        if (task is not null) _remembered.Add(ask.Task, task);
        return FactsOf(ask, task, snapshot);
    }

    private static MintFacts FactsOf(MintAsk ask, TaskFacts? task, CatalogSnapshot snapshot)
    {
        var found = snapshot.Catalog.FindAction(ask.Capability.Tool, ask.Capability.Action);
        return new MintFacts
        {
            Task = task,
            CatalogVersion = snapshot.Version,
            Found = found,
            Allowed = snapshot.Catalog.AllowedTo(ask.Workload),
            RiskCeiling = snapshot.Catalog.Settings.TokenLifetimes.For(found.Rule?.Risk ?? RiskClass.Privileged),
        };
    }

    private static TaskFacts TaskOf(TaskRow row) => new()
    {
        Id = row.Id, Root = row.RootId, Workload = IdOf(row.Workload), Above = [.. row.AncestorWorkloads.Select(IdOf)], Initiator = row.Initiator,
        // The database also knows whether the tasks above are live: one below a task that is over is over.
        State = row.State == TaskState.Active && !row.Live ? TaskState.Ended : row.State,
        Deadline = row.Deadline, HeartbeatDue = row.HeartbeatDue, Envelope = EnvelopeOf(row), Budget = row.Budget, Spent = row.Spent,
        History = [.. row.History], HistoryVersion = row.HistoryVersion,
    };

    private static Envelope EnvelopeOf(TaskRow row) => CapabilityJson.TryParse(row.EnvelopeJson, out Envelope? envelope)
        ? envelope
        : throw new InvalidDataException($"Task {row.Id} in the database does not read.");

    private static SpiffeId IdOf(string text) =>
        SpiffeId.TryParse(text, out var id) ? id : throw new InvalidDataException("A task's workload in the database does not read.");
}
