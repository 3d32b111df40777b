using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Catalog;
using CredBroker.Core.Catalog.Differences;
using CredBroker.Core.Identity;
using CredBroker.Core.Policies;
using CredBroker.Server.Storage;
using CredBroker.Server.Wire;
using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using Npgsql;

using CredBroker.V1;

namespace CredBroker.Server.Catalog;

/// <summary>
/// ApplyCatalog: makes a catalog the one that decides, or says everything that is wrong with it. From the commit on, no replica decides by
/// an older one: commits of decisions wait for this lock, and check the version. Refusals: malformed fields; another version in force than
/// the caller expects.
/// </summary>
internal sealed class ApplyCatalog(OncePerRequest once, LiveCatalog catalog, TimeProvider clock)
{
    public async Task<Reply<ApplyCatalogResponse>> HandleAsync(ApplyCatalogRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        var requestId = fields.RequestId(request.RequestId);
        if (request.Files.Count == 0) fields.Refuse(Reason.FieldMissing, "files", "the files of the catalog are required");
        if (fields.Refusal is { } malformed) return Reply.Refuse<ApplyCatalogResponse>(malformed);

        var reading = CatalogMessages.Read(request.Files);
        if (reading is not CatalogReading.Valid valid)
            return Reply.Of(WithSchema(request, new() { Problems = { ((CatalogReading.Invalid)reading).Problems.Select(CatalogMessages.Of) } }));
        if (request.DryRun) return Reply.Of(WithSchema(request, Answer(valid, await catalog.RefreshAsync(ct), version: 0)));

        var reply = await once.RunAsync(caller, requestId, request, transaction => ApplyAsync(transaction, request, valid, caller, ct), ct);
        await catalog.RefreshAsync(ct);
        return reply;
    }

    private async Task<Reply<ApplyCatalogResponse>> ApplyAsync(
        NpgsqlTransaction transaction, ApplyCatalogRequest request, CatalogReading.Valid valid, Caller caller, CancellationToken ct)
    {
        await using var db = BrokerDb.Over(transaction.Connection!);
        await db.Database.UseTransactionAsync(transaction, ct);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({(long)AdvisoryLocks.CatalogHead})", ct);
        var inForce = await catalog.RefreshAsync(ct);
        if (request.HasExpectedVersion && request.ExpectedVersion != inForce.Version)
            return Reply.Refuse<ApplyCatalogResponse>(
                new(Reason.CatalogMoved, "expected_version", $"version {inForce.Version} is in force"));

        var version = inForce.Version + 1;
        var answer = WithSchema(request, Answer(valid, inForce, version));
        db.CatalogVersions.Add(new CatalogVersionRow
        {
            Version = version, Digest = [.. valid.As(version).Digest], Files = StoredCatalog.ToColumn(valid.Files), AppliedBy = caller.Name,
        });
        db.AuditEntries.Add(AuditEntryRow.Of(AuditPayloads.CatalogApplied(
            clock.GetUtcNow(), version, answer.Digest.Memory, caller.Name, answer.Differences)));
        await db.SaveChangesAsync(ct);
        await db.CatalogHead.ExecuteUpdateAsync(head => head.SetProperty(row => row.Version, version), ct);
        await db.Database.ExecuteSqlAsync($"SELECT pg_notify('credbroker', '')", ct);
        return Reply.Of(answer);
    }

    private static ApplyCatalogResponse Answer(CatalogReading.Valid valid, CatalogSnapshot inForce, int version) => new()
    {
        Valid = true, Version = version, Digest = ByteString.CopyFrom(valid.As(version).Digest.AsSpan()),
        Differences = { CatalogDiff.Between(inForce, valid.As(version)).Select(difference => difference.ToString()) },
        Problems = { valid.Warnings.Select(CatalogMessages.Of) },
    };

    private static ApplyCatalogResponse WithSchema(ApplyCatalogRequest request, ApplyCatalogResponse answer)
    {
        if (request.WithSchema && SchemaText.Of(request.Files.Select(file => (file.Name, file.Content.Memory))) is { } schema) answer.Schema = schema;
        return answer;
    }
}
