using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using Google.Protobuf;
using Npgsql;

namespace CredBroker.Server.Wire;

/// <summary>
/// Runs a mutating RPC once per request id, whatever a caller or the network repeats: the work and its answer are one transaction. A
/// refusal changes nothing and is not remembered, so the same request may succeed later.
/// </summary>
internal sealed class OncePerRequest(NpgsqlDataSource source)
{
    private const int MostTries = 3;

    /// <summary>The first answer to this request: made now by <paramref name="work"/>, or made before.</summary>
    /// <param name="caller">Who asks: request ids of different callers never meet.</param>
    /// <param name="requestId">Chosen by the caller.</param>
    /// <param name="request">Whose digest tells a retry from another request.</param>
    /// <param name="work">Runs in a transaction at read committed; may be run again after a deadlock, from a clean start.</param>
    /// <param name="ct">Honoured until the commit, not during it.</param>
    public async Task<Reply<TResponse>> RunAsync<TRequest, TResponse>(
        Caller caller, RequestId requestId, TRequest request, Func<NpgsqlTransaction, Task<Reply<TResponse>>> work, CancellationToken ct)
        where TRequest : IMessage
        where TResponse : IMessage<TResponse>, new()
    {
        var key = new RequestKey(caller.Name, requestId, typeof(TRequest).Name, RequestDigest.Of(request));
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await TryAsync(key, work, ct);
            }
            catch (PostgresException deadlock) when (deadlock.SqlState == PostgresErrorCodes.DeadlockDetected && tries < MostTries)
            {
                // Rolled back whole, and the other side is done by the time we try again.
            }
        }
    }

    private async Task<Reply<TResponse>> TryAsync<TResponse>(
        RequestKey key, Func<NpgsqlTransaction, Task<Reply<TResponse>>> work, CancellationToken ct)
        where TResponse : IMessage<TResponse>, new()
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, ct);
        switch (await Requests.TryClaimAsync(transaction, key, ct))
        {
            case RequestClaim.Answered answered:
                var first = new TResponse();
                first.MergeFrom(answered.Response);
                return Reply.Of(first);
            case RequestClaim.DifferentContent:
                return Reply.Refuse<TResponse>(new(Reason.RequestIdReused, "request_id", "was used before, for other content"));
        }

        var reply = await work(transaction);
        if (reply is Reply<TResponse>.Answered now)
        {
            await Requests.StoreAsync(transaction, key, now.Value.ToByteArray(), ct);
            await transaction.CommitDurablyAsync();
        }

        return reply;
    }
}
