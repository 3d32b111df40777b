using CredBroker.Core.Audit;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Tasks;
using CredBroker.Server.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CredBroker.Server.Tasks;

/// <summary>Writes a task that was approved, with its audit entry.</summary>
internal static class NewTask
{
    /// <summary>Writes both within the caller's transaction.</summary>
    /// <returns>When it was created: the database's word, as it is for whoever asks later.</returns>
    public static async Task<DateTimeOffset> InsertAsync(NpgsqlTransaction transaction, ApprovedTask task, AuditEntry entry, CancellationToken ct)
    {
        await using var db = BrokerDb.Over(transaction.Connection!);
        await db.Database.UseTransactionAsync(transaction, ct);
        var row = new TaskRow
        {
            Id = task.Id.Value, RootId = task.Root.Value, ParentId = task.Parent?.Value, Ancestors = [.. task.Ancestors.Select(above => above.Value)],
            Workload = task.Workload.ToString(), Initiator = task.Initiator, Intent = task.Intent, PromptFragment = task.PromptFragment,
            Envelope = CapabilityJson.ToText(task.Envelope), CatalogVersion = task.CatalogVersion, State = task.State, Deadline = task.Deadline,
            HeartbeatInterval = task.HeartbeatInterval, HeartbeatDue = task.HeartbeatDue ?? DateTimeOffset.MaxValue, Budget = task.Budget,
        };
        db.Tasks.Add(row);
        db.AuditEntries.Add(AuditEntryRow.Of(entry));
        await db.SaveChangesAsync(ct);
        return row.CreatedAt;
    }
}
