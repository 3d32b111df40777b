using System.Collections.Immutable;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using TaskRow = CredBroker.Server.Ledger.TaskRow;

namespace CredBroker.Server.Tokens;

/// <summary>Loads what a mint's decision needs: the task as it is now, and the catalog's word from memory.</summary>
internal sealed class MintFactsReader(TaskReader tasks, LiveCatalog catalog)
{
    private readonly BoundedCache<TaskId, Fixed> _fixed = new(capacity: 16_384);

    /// <summary>The facts, all of one moment of the database and of the catalog in force then, or a later one.</summary>
    public async ValueTask<(MintFacts Facts, CatalogSnapshot Catalog)> ReadAsync(MintAsk ask, CancellationToken ct)
    {
        var row = await tasks.ReadAsync(ask.Task, ct);
        var snapshot = await catalog.AtLeastAsync(row?.CatalogInForce ?? 0, ct);
        var found = snapshot.Catalog.FindAction(ask.Capability.Tool, ask.Capability.Action);
        var facts = new MintFacts
        {
            Task = row is null ? null : FactsOf(row),
            CatalogVersion = snapshot.Version,
            Found = found,
            Allowed = snapshot.Catalog.AllowedTo(ask.Workload),
            RiskCeiling = snapshot.Catalog.Settings.TokenLifetimes.For(found.Rule?.Risk ?? RiskClass.Privileged),
        };
        return (facts, snapshot);
    }

    private TaskFacts FactsOf(TaskRow row)
    {
        if (!_fixed.TryGet(row.Id, out var known)) _fixed.Add(row.Id, known = Fixed.Of(row));
        return new TaskFacts
        {
            Id = row.Id, Root = row.RootId, Workload = known!.Workload, Above = known.Above, Initiator = row.Initiator,
            // The database also knows whether the tasks above are live: one below a task that is over is over.
            State = row.State == TaskState.Active && !row.Live ? TaskState.Ended : row.State,
            Deadline = row.Deadline, HeartbeatDue = row.HeartbeatDue, Envelope = known.Envelope, Budget = row.Budget, Spent = row.Spent,
            History = [.. row.History], HistoryVersion = row.HistoryVersion,
        };
    }

    /// <summary>What of a task never changes, read from its text once.</summary>
    private sealed record Fixed(SpiffeId Workload, ImmutableArray<SpiffeId> Above, Envelope Envelope)
    {
        public static Fixed Of(TaskRow row) =>
            SpiffeId.TryParse(row.Workload, out var workload) && CapabilityJson.TryParse(row.EnvelopeJson, out Envelope? envelope)
                ? new(workload, [.. row.AncestorWorkloads.Select(IdOf)], envelope)
                : throw new InvalidDataException($"Task {row.Id} in the database does not read.");

        private static SpiffeId IdOf(string text) =>
            SpiffeId.TryParse(text, out var id) ? id : throw new InvalidDataException("A task's workload in the database does not read.");
    }
}
