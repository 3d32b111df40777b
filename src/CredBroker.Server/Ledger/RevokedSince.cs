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
    /// The lines of all transactions that a snapshot whose xmin is $1 did not see, and of some that it did: they are told again. With them
    /// the xmin of this snapshot and the moment, by the one clock. In the order of the index, so that it is read no further than one
    /// line more than are looked at.
    /// </summary>
    public const string Sql = """
        SELECT pg_snapshot_xmin(pg_current_snapshot()), clock_timestamp(), array_agg(r.id), array_agg(r.kind), array_agg(r.subject)
        FROM (SELECT x.id, x.kind, x.subject FROM revocations x WHERE x.xid >= $1 ORDER BY x.xid LIMIT 1001) AS r
        """;

    /// <summary>The most lines that are looked at: with more of them, everything is forgotten.</summary>
    public const int MostLines = 1_000;

    // Before the first answer nothing is remembered, so nothing that was revoked is news.
    private const ulong Nothing = ulong.MaxValue;

    private readonly List<NpgsqlParameter<ulong>> _xmins = [];
    private HashSet<Guid> _told = [];

    /// <summary>
    /// True when there were too many lines. While a transaction stays open they come again with every batch: to remember anything is in vain.
    /// </summary>
    public bool IsOverrun { get; private set; }

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

    // A line that was told before has done its work: what was remembered after that was read by a snapshot that saw its transaction.
    private void Forget(NpgsqlDataReader reader, RememberedTokens memory)
    {
        Guid[] ids = reader.IsDBNull(2) ? [] : reader.GetFieldValue<Guid[]>(2);
        IsOverrun = ids.Length > MostLines;
        if (IsOverrun) memory.Clear();
        if (IsOverrun || ids.Length == 0)
        {
            _told.Clear();
            return;
        }

        var kinds = reader.GetFieldValue<short[]>(3);
        var subjects = reader.GetFieldValue<string[]>(4);
        for (var i = 0; i < ids.Length; i++)
            if (!_told.Contains(ids[i])) memory.Forget((RevocationKind)kinds[i], subjects[i]);
        _told = [.. ids];
    }

    // After the forgetting: what failed to be forgotten is told again.
    private void Advance(NpgsqlDataReader reader)
    {
        var seen = reader.GetFieldValue<ulong>(0);
        foreach (var xmin in _xmins) xmin.TypedValue = seen;
    }

    private static DateTimeOffset MomentOf(NpgsqlDataReader reader) => reader.GetFieldValue<DateTimeOffset>(1);
}
