using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;

namespace CredBroker.Server.Ledger;

/// <summary>A task's row as the facts that decisions are made on.</summary>
internal static class TaskRowFacts
{
    /// <summary>The facts.</summary>
    /// <exception cref="InvalidDataException">The row does not read: the database was changed behind the broker's back.</exception>
    public static TaskFacts Of(TaskRow row) => new()
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
