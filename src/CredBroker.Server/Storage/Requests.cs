using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace CredBroker.Server.Storage;

/// <summary>
/// Each mutating request happens once: its answer is stored in the transaction that does the work, so both are there or
/// neither. Mint is not among them: its token's id is made of the request's.
/// </summary>
internal static class Requests
{
    /// <summary>How long an answer is kept: longer than any client should go on trying.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromHours(24);

    private const string Find = "SELECT rpc, digest, response FROM requests WHERE caller = $1 AND request_id = $2";

    /// <summary>Asks whether a request is new, and waits while another transaction works on the same one.</summary>
    /// <param name="transaction">READ COMMITTED, the default: the answer is looked up after the wait, not before it.</param>
    /// <param name="key">The request.</param>
    /// <param name="ct">Cancels the wait.</param>
    public static async Task<RequestClaim> TryClaimAsync(NpgsqlTransaction transaction, RequestKey key, CancellationToken ct)
    {
        Debug.Assert(transaction.IsolationLevel == System.Data.IsolationLevel.ReadCommitted, "a snapshot older than the lock sees no answer");
        // One round trip, two statements, each with a snapshot of its own: the second sees what the lock's last holder committed.
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands =
            {
                new("SELECT pg_advisory_xact_lock($1)") { Parameters = { new NpgsqlParameter<long> { TypedValue = LockOf(key) } } },
                new(Find)
                {
                    Parameters =
                    {
                        new NpgsqlParameter<string> { TypedValue = key.Caller },
                        new NpgsqlParameter<Guid> { TypedValue = key.Id.Value },
                    },
                },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        if (!await reader.ReadAsync(ct)) return new RequestClaim.New();
        var same = reader.GetString(0) == key.Rpc
            && CryptographicOperations.FixedTimeEquals(await reader.GetFieldValueAsync<byte[]>(1, ct), key.Digest);
        return same ? new RequestClaim.Answered(await reader.GetFieldValueAsync<byte[]>(2, ct)) : new RequestClaim.DifferentContent();
    }

    /// <summary>Stores the answer to a request that was claimed as new in the same transaction.</summary>
    public static async Task StoreAsync(NpgsqlTransaction transaction, RequestKey key, byte[] response, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "INSERT INTO requests (caller, request_id, rpc, digest, response) VALUES ($1, $2, $3, $4, $5)", transaction.Connection, transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = key.Caller },
                new NpgsqlParameter<Guid> { TypedValue = key.Id.Value },
                new NpgsqlParameter<string> { TypedValue = key.Rpc },
                new NpgsqlParameter<byte[]> { TypedValue = key.Digest },
                new NpgsqlParameter<byte[]> { TypedValue = response },
            },
        };
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Deletes a batch of the oldest answers; replicas that do so at once take different ones.</summary>
    /// <returns>How many were deleted; fewer than asked for: no more are due.</returns>
    public static async Task<int> ForgetAsync(NpgsqlDataSource source, DateTimeOffset answeredBefore, int batch, CancellationToken ct)
    {
        await using var command = source.CreateCommand("""
            DELETE FROM requests WHERE (caller, request_id) IN (
                SELECT caller, request_id FROM requests WHERE answered_at < $1 ORDER BY answered_at LIMIT $2 FOR UPDATE SKIP LOCKED)
            """);
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = answeredBefore.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = batch });
        return await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>
    /// 64 bits of a hash: two requests that meet in them wait for each other, which is harmless. Single-key advisory locks are
    /// one space with <see cref="AdvisoryLocks"/>, whose numbers are too small to be met.
    /// </summary>
    private static long LockOf(RequestKey key)
    {
        var text = Encoding.UTF8.GetBytes($"{key.Id}{key.Caller}");
        return BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(text));
    }
}
