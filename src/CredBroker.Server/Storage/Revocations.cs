using CredBroker.Core.Audit;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CredBroker.Server.Storage;

/// <summary>What stopped being valid. Numbers are those of the table.</summary>
internal enum RevocationKind : short
{
    TaskTree = 1,
    Token = 2,
    Workload = 3,
    Tool = 4,
    Initiator = 5,
    Key = 6,
    Everything = 7,
}

/// <summary>One line of the feed.</summary>
internal sealed record Revoked(DateTimeOffset Now, RevocationKind Kind, string Subject, string? Audience, string Cause);

/// <summary>The feed of revocations: a line and its audit entry, in the transaction that revokes.</summary>
internal static class Revocations
{
    public static async Task RecordAsync(NpgsqlTransaction transaction, Revoked revoked, AuditEntry entry, CancellationToken ct)
    {
        await using var db = BrokerDb.Over(transaction.Connection!);
        await db.Database.UseTransactionAsync(transaction, ct);
        db.Revocations.Add(new RevocationRow
        {
            Id = Guid.CreateVersion7(revoked.Now), Kind = (short)revoked.Kind, Subject = revoked.Subject, Audience = revoked.Audience, Cause = revoked.Cause,
        });
        db.AuditEntries.Add(AuditEntryRow.Of(entry));
        await db.SaveChangesAsync(ct);
        await db.Database.ExecuteSqlAsync($"SELECT pg_notify('credbroker', '')", ct);
    }
}
