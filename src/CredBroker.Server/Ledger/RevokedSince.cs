using CredBroker.Server.Storage;
using Npgsql;
using NpgsqlTypes;

namespace CredBroker.Server.Ledger;

/// <summary>
/// Follows the feed of revocations from one batch to the next, and makes a memory forget what was revoked in between (decision 22).
/// Used by one loop.
/// </summary>
internal sealed class RevokedSince
{
    /// <summary>
    /// The lines of all transactions that a snapshot whose xmin is $1 did not see, and of some that it did: they are told twice. With them
    /// the xmin of this snapshot and the moment, by the one clock.
    /// </summary>
    public const string Sql = """
        SELECT pg_snapshot_xmin(pg_current_snapshot()), clock_timestamp(), array_agg(r.kind), array_agg(r.subject)
        FROM (SELECT x.kind, x.subject FROM revocations x WHERE x.xid >= $1 LIMIT 1001) AS r
        """;

    /// <summary>With more lines all is forgotten: they come again with every batch while a transaction somewhere stays open.</summary>
    public const int MostLines = 1_000;

    // Before the first answer nothing is remembered, so nothing that was revoked is news.
    private const ulong Nothing = ulong.MaxValue;

    private readonly List<NpgsqlParameter<ulong>> _xmins = [];

    /// <summary>The command; one for each batch that it is part of.</summary>
    public NpgsqlBatchCommand NewCommand()
    {
        var xmin = new NpgsqlParameter<ulong> { TypedValue = Nothing, NpgsqlDbType = NpgsqlDbType.Xid8 };
        _xmins.Add(xmin);
        return new(Sql) { Parameters = { xmin } };
    }

    /// <summary>Reads the answer. What the memory holds afterwards is live, as far as revocations go, at the moment that is returned.</summary>
    public async Task<DateTimeOffset> ReadAsync(NpgsqlDataReader reader, RememberedTokens memory)
    {
        await reader.ReadAsync(CancellationToken.None);
        Forget(reader, memory);
        Advance(reader);
        return MomentOf(reader);
    }

    private static void Forget(NpgsqlDataReader reader, RememberedTokens memory)
    {
        if (reader.IsDBNull(2)) return;
        var kinds = reader.GetFieldValue<short[]>(2);
        var subjects = reader.GetFieldValue<string[]>(3);
        if (kinds.Length > MostLines) memory.Clear();
        else foreach (var (kind, subject) in kinds.Zip(subjects)) memory.Forget((RevocationKind)kind, subject);
    }

    // After the forgetting: what failed to be forgotten is told again.
    private void Advance(NpgsqlDataReader reader)
    {
        var seen = reader.GetFieldValue<ulong>(0);
        foreach (var xmin in _xmins) xmin.TypedValue = seen;
    }

    private static DateTimeOffset MomentOf(NpgsqlDataReader reader) => reader.GetFieldValue<DateTimeOffset>(1);
}
