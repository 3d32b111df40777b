using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using CredBroker.Server.Wire;
using Google.Protobuf;
using Npgsql;
using NpgsqlTypes;

using CredBroker.V1;

namespace CredBroker.Server.Past;

/// <summary>
/// StartShadow: sets the candidate that every decision is put to after it was made (decision 21). Refusals: malformed fields; a request id
/// used for something else.
/// </summary>
internal sealed class StartShadow(OncePerRequest once, TimeProvider clock)
{
    // Read from the oldest transaction under way on, by whomever of all databases here; judged is what this snapshot does not see.
    private const string Set = """
        INSERT INTO shadow (candidate, digest, files, started_by, snapshot, after_xid, after_id, totals)
        VALUES ($1, $2, $3, $4, pg_current_snapshot()::text, pg_snapshot_xmin(pg_current_snapshot()), '00000000-0000-0000-0000-000000000000', '')
        ON CONFLICT (one) DO UPDATE SET candidate = excluded.candidate, digest = excluded.digest, files = excluded.files, started_at = clock_timestamp(),
          started_by = excluded.started_by, snapshot = excluded.snapshot, after_xid = excluded.after_xid, after_id = excluded.after_id, until = NULL, totals = excluded.totals
        """;

    public async Task<Reply<StartShadowResponse>> HandleAsync(StartShadowRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        var requestId = fields.RequestId(request.RequestId);
        if (request.Files.Count == 0) fields.Refuse(Reason.FieldMissing, "files", "the files of the catalog are required");
        if (fields.Refusal is { } malformed) return Reply.Refuse<StartShadowResponse>(malformed);

        var reading = CatalogMessages.Read(request.Files);
        return reading is CatalogReading.Valid valid
            ? await once.RunAsync(caller, requestId, request, transaction => SetAsync(transaction, valid, caller, ct), ct)
            : Reply.Of(new StartShadowResponse { Problems = { ((CatalogReading.Invalid)reading).Problems.Select(CatalogMessages.Of) } });
    }

    private async Task<Reply<StartShadowResponse>> SetAsync(NpgsqlTransaction transaction, CatalogReading.Valid valid, Caller caller, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var digest = valid.As(0).Digest;
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands =
            {
                new(Set)
                {
                    Parameters =
                    {
                        new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7(now) },
                        new NpgsqlParameter<byte[]> { TypedValue = [.. digest] },
                        new NpgsqlParameter<string> { TypedValue = StoredCatalog.ToColumn(valid.Files), NpgsqlDbType = NpgsqlDbType.Jsonb },
                        new NpgsqlParameter<string> { TypedValue = caller.Name },
                    },
                },
                // Behind the row's lock: what another candidate found is written under it.
                new("DELETE FROM shadow_changes"),
            },
        };
        await batch.ExecuteNonQueryAsync(ct);
        await AuditEntries.InsertAsync(transaction, CandidatePayloads.ShadowStarted(now, digest.AsMemory(), caller.Name), ct);
        return Reply.Of(new StartShadowResponse
        {
            Valid = true, Digest = ByteString.CopyFrom(digest.AsSpan()), Problems = { valid.Warnings.Select(CatalogMessages.Of) },
        });
    }
}
