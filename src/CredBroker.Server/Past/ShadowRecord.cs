using CredBroker.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Npgsql;
using NpgsqlTypes;

using Task = System.Threading.Tasks.Task;

namespace CredBroker.Server.Past;

/// <summary>What the database keeps of the candidate and what it would have decided otherwise.</summary>
internal static class ShadowRecord
{
    /// <summary>Most changed decisions that are kept: the last ones.</summary>
    public const int MostKept = 1_000;

    // Nothing is written for a candidate that was replaced, nor twice.
    private const string Move = """
        UPDATE shadow SET after_xid = $4, after_id = $5, until = $6, totals = $7 WHERE candidate = $1 AND after_xid = $2 AND after_id = $3
        """;

    private const string Keep = "INSERT INTO shadow_changes (decision_id, found) SELECT * FROM unnest($1::uuid[], $2::bytea[]) ON CONFLICT DO NOTHING";

    private const string Prune = """
        DELETE FROM shadow_changes WHERE decision_id < (SELECT decision_id FROM shadow_changes ORDER BY decision_id DESC OFFSET $1 LIMIT 1)
        """;

    /// <summary>The candidate; null: there is none.</summary>
    public static async Task<Shadow?> ReadAsync(NpgsqlConnection connection, int mostChanges, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("SELECT digest, started_at, started_by, until, totals FROM shadow"),
                new("SELECT found FROM shadow_changes ORDER BY decision_id DESC LIMIT $1") { Parameters = { new NpgsqlParameter<int> { TypedValue = mostChanges } } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct)) return null;
        var shadow = ShadowOf(reader);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct)) shadow.Changes.Add(ChangeOf(reader));
        return shadow;
    }

    /// <summary>Writes how far the candidate was followed, and what was found on the way, in one transaction.</summary>
    /// <returns>False: it is another candidate now, or another replica was faster. Nothing was written.</returns>
    public static async Task<bool> WriteAsync(
        NpgsqlDataSource database, Guid candidate, ShadowPoint from, ShadowPoint to, DateTimeOffset? until, ReplayTotals totals,
        IReadOnlyList<ChangedDecision> found, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var move = new NpgsqlCommand(Move, connection, transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = candidate }, Xid(from.Xid), new NpgsqlParameter<Guid> { TypedValue = from.Id }, Xid(to.Xid),
                new NpgsqlParameter<Guid> { TypedValue = to.Id }, new NpgsqlParameter<DateTimeOffset?> { TypedValue = until?.ToUniversalTime() },
                new NpgsqlParameter<byte[]> { TypedValue = totals.ToByteArray() },
            },
        };
        if (await move.ExecuteNonQueryAsync(ct) == 0) return false;
        if (found.Count > 0) await KeepAsync(transaction, found, ct);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    private static async Task KeepAsync(NpgsqlTransaction transaction, IReadOnlyList<ChangedDecision> found, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands =
            {
                new(Keep)
                {
                    Parameters =
                    {
                        new NpgsqlParameter<Guid[]> { TypedValue = [.. found.Select(one => Guid.Parse(one.DecisionId))], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
                        new NpgsqlParameter<byte[][]> { TypedValue = [.. found.Select(one => one.ToByteArray())], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
                    },
                },
                new(Prune) { Parameters = { new NpgsqlParameter<int> { TypedValue = MostKept - 1 } } },
            },
        };
        await batch.ExecuteNonQueryAsync(ct);
    }

    private static Shadow ShadowOf(NpgsqlDataReader reader) => new()
    {
        Digest = ByteString.CopyFrom(reader.GetFieldValue<byte[]>(0)), StartedAt = reader.GetFieldValue<DateTimeOffset>(1).ToTimestamp(),
        StartedBy = reader.GetString(2), Until = reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3).ToTimestamp(),
        Totals = ReplayTotals.Parser.ParseFrom(reader.GetFieldValue<byte[]>(4)),
    };

    private static ChangedDecision ChangeOf(NpgsqlDataReader reader) => ChangedDecision.Parser.ParseFrom(reader.GetFieldValue<byte[]>(0));

    private static NpgsqlParameter<ulong> Xid(ulong xid) => new() { TypedValue = xid, NpgsqlDbType = NpgsqlDbType.Xid8 };
}
