using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Identity;
using CredBroker.Server.Ledger;
using CredBroker.Server.Wire;
using Npgsql;

using CredBroker.V1;

namespace CredBroker.Server.Past;

/// <summary>
/// StopShadow: takes the candidate away, and answers once more what was found. Without a candidate it is done already. Refusals: malformed
/// fields; a request id used for something else.
/// </summary>
internal sealed class StopShadow(OncePerRequest once, TimeProvider clock)
{
    private const int LastChanges = 100;

    public async Task<Reply<StopShadowResponse>> HandleAsync(StopShadowRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        var requestId = fields.RequestId(request.RequestId);
        if (fields.Refusal is { } malformed) return Reply.Refuse<StopShadowResponse>(malformed);
        return await once.RunAsync(caller, requestId, request, transaction => StopAsync(transaction, caller, ct), ct);
    }

    private async Task<Reply<StopShadowResponse>> StopAsync(NpgsqlTransaction transaction, Caller caller, CancellationToken ct)
    {
        // Held first: what is being found commits before this reads it, or not at all.
        await using (var hold = new NpgsqlCommand("SELECT FROM shadow FOR UPDATE", transaction.Connection, transaction)) await hold.ExecuteNonQueryAsync(ct);
        if (await ShadowRecord.ReadAsync(transaction.Connection!, LastChanges, ct) is not { } shadow) return Reply.Of(new StopShadowResponse());
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands = { new("DELETE FROM shadow"), new("DELETE FROM shadow_changes") },
        };
        await batch.ExecuteNonQueryAsync(ct);
        await AuditEntries.InsertAsync(transaction, CandidatePayloads.ShadowStopped(clock.GetUtcNow(), shadow.Digest.Memory, caller.Name), ct);
        return Reply.Of(new StopShadowResponse { Shadow = shadow });
    }
}
