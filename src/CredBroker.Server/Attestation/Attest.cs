using System.Diagnostics;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Catalog;
using CredBroker.Core.Identity;
using CredBroker.Core.Tokens;
using CredBroker.Server.Keys;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using CredBroker.Server.Wire;
using CredBroker.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace CredBroker.Server.Attestation;

/// <summary>
/// Attest: evidence in, identity token out. Malformed fields are named; every other refusal looks the same, and the record has the
/// reason. What is decided is decided under the catalog in force when it is recorded, and recorded before it is answered.
/// </summary>
internal sealed class Attest(Evidence evidence, NpgsqlDataSource source, LiveCatalog catalog, TokenSigner signer, BrokerOptions options, TimeProvider clock)
{
    // The catalog would have to change that often while one call is answered.
    private const int MostTries = 5;

    public async Task<Reply<AttestResponse>> HandleAsync(AttestRequest request, HttpContext http, CancellationToken ct)
    {
        var snapshot = catalog.Current;
        var fields = new Fields();
        var certificate = ClientCertificates.Of(http, snapshot, clock.GetUtcNow());
        var binding = PublicKeyField.Read(fields, request.PublicJwk, certificate);
        if (request.EvidenceCase == AttestRequest.EvidenceOneofCase.None)
            fields.Refuse(Reason.FieldMissing, "evidence", "one kind of evidence is required");
        if (fields.Refusal is { } malformed)
            return Reply.Refuse<AttestResponse>(malformed);

        for (var tries = 0; tries < MostTries; tries++)
        {
            // Outside the transaction: keys may have to be fetched, and a lock must not wait for somebody else's server.
            var reading = await evidence.ReadAsync(request, http, snapshot, ct);
            if (await DecideAsync(reading, snapshot, binding!, ct) is { } reply)
                return reply;
            snapshot = await catalog.RefreshAsync(ct);
        }

        return Reply.Refuse<AttestResponse>(new(Reason.Overloaded, Detail: "the catalog keeps changing"));
    }

    // Null: the catalog in force is not the one that the evidence was read under.
    private async Task<Reply<AttestResponse>?> DecideAsync(EvidenceReading reading, CatalogSnapshot snapshot, Binding binding, CancellationToken ct)
    {
        // Before anything is spent: a join token is good once, and so must be what it is exchanged for.
        var key = await signer.KeyAsync(ct);
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var held = await catalog.HoldAsync(transaction, ct);
        if (held.Version != snapshot.Version)
            return null;

        var known = reading is EvidenceReading.Secret secret ? await JoinTokens.ConsumeAsync(transaction, secret, ct) : reading;
        var now = clock.GetUtcNow();
        var decision = DecisionId.New(now);
        var outcome = known switch
        {
            EvidenceReading.Verified verified => Attesting.Decide(new(verified.Peer, binding, verified.ExpiresAt), held.Catalog, Terms(now), now),
            EvidenceReading.Refused refused => new AttestDecision.Denied(refused.Refusal),
            _ => throw new UnreachableException(),
        };
        await AuditEntries.InsertAsync(transaction, EntryOf(outcome, decision, held.Version, known.Trace, now), ct);
        await transaction.CommitDurablyAsync();
        return outcome switch
        {
            AttestDecision.Approved(var identity) => Reply.Of(AnswerOf(identity, key)),
            AttestDecision.Denied(var refusal) => Reply.Refuse<AttestResponse>(refusal, decision),
            _ => throw new UnreachableException(),
        };
    }

    private AttestTerms Terms(DateTimeOffset now) => new(options.Issuer, options.IdentityTokenLifetime, Guid.CreateVersion7(now));

    private static AuditEntry EntryOf(AttestDecision outcome, DecisionId decision, int version, EvidenceTrace trace, DateTimeOffset now)
    {
        var (kind, payload) = outcome switch
        {
            AttestDecision.Approved(var identity) => (AuditKind.WorkloadAttested, AttestationPayloads.Attested(now, identity, decision, version, trace)),
            AttestDecision.Denied(var refusal) => (AuditKind.AttestationRefused, AttestationPayloads.Refused(now, refusal, decision, version, trace)),
            _ => throw new UnreachableException(),
        };
        return AuditEntry.Of(Guid.CreateVersion7(now), kind, null, decision.Value, payload);
    }

    private static AttestResponse AnswerOf(ApprovedIdentity identity, SigningKey key)
    {
        var response = new AttestResponse
        {
            IdentityToken = TokenSigner.Sign(identity, key),
            SpiffeId = identity.Workload.SpiffeId.ToString(),
            Workload = identity.Workload.Name.ToString(),
            Binding = identity.Binding.ToString(),
            ExpiresAt = Timestamp.FromDateTimeOffset(identity.ExpiresAt),
        };
        response.Selectors.AddRange(identity.By.Selectors.Select(selector => selector.ToString()));
        return response;
    }
}
