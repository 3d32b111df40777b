using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using CredBroker.Server.Wire;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;
using Npgsql;

namespace CredBroker.Server.Attestation;

/// <summary>
/// CreateJoinToken: a one-time secret for a workload whose catalog entry allows join tokens. The secret is in the first answer and nowhere
/// else, so a retry cannot have it again: it is refused with <see cref="Reason.RequestIdReused"/>, and what it would have shown ends by itself.
/// </summary>
internal sealed class CreateJoinToken(NpgsqlDataSource source, LiveCatalog catalog, TimeProvider clock)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(10);

    public async Task<Reply<CreateJoinTokenResponse>> HandleAsync(CreateJoinTokenRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        var requestId = fields.RequestId(request.RequestId);
        var timeToLive = fields.Duration(request.TimeToLive, "time_to_live", Shortest, Longest) ?? Usual;
        if (!CatalogName.TryParse(request.Workload, out var workload))
            fields.Refuse(request.Workload.Length == 0 ? Reason.FieldMissing : Reason.FieldMalformed, "workload", "the catalog's name of a workload is expected");
        if (fields.Refusal is { } malformed)
            return Reply.Refuse<CreateJoinTokenResponse>(malformed);

        var key = new RequestKey(caller.Name, requestId, nameof(CreateJoinToken), RequestDigest.Of(request));
        return await CreateAsync(key, workload, timeToLive, ct);
    }

    private async Task<Reply<CreateJoinTokenResponse>> CreateAsync(RequestKey key, CatalogName workload, TimeSpan timeToLive, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await Requests.TryClaimAsync(transaction, key, ct) is not RequestClaim.New)
            return Reply.Refuse<CreateJoinTokenResponse>(new(Reason.RequestIdReused, "request_id", "was answered before, and a secret is shown only once"));

        var held = await catalog.HoldAsync(transaction, ct);
        if (!MayJoin(held.Catalog, workload))
            return Reply.Refuse<CreateJoinTokenResponse>(new(Reason.FieldMalformed, "workload", "the catalog has no workload of that name that may attest with a join token"));

        var now = clock.GetUtcNow();
        var expiresAt = now + timeToLive;
        var (secret, hash) = JoinTokens.New();
        await JoinTokens.InsertAsync(transaction, hash, workload, key.Caller, expiresAt, ct);
        var payload = AttestationPayloads.JoinTokenCreated(now, key.Caller, workload.ToString(), expiresAt, hash);
        await AuditEntries.InsertAsync(transaction, AuditEntry.Of(Guid.CreateVersion7(now), AuditKind.JoinTokenCreated, null, null, payload), ct);
        await Requests.StoreAsync(transaction, key, [], ct);
        await transaction.CommitDurablyAsync();
        return Reply.Of(new CreateJoinTokenResponse { Secret = secret, ExpiresAt = Timestamp.FromDateTimeOffset(expiresAt) });
    }

    private static bool MayJoin(BrokerCatalog catalog, CatalogName name) => catalog.Workloads.Values.Any(workload =>
        workload.Name == name && workload.Attest.Any(set => set.Selectors.Any(selector => selector.Kind == SelectorKind.JoinToken)));
}
