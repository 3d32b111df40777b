using System.Buffers.Binary;
using System.Globalization;
using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Past;
using CredBroker.Server.Storage;
using Npgsql;
using NpgsqlTypes;

namespace CredBroker.Server.Past;

/// <summary>One entry of the record.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Xid">The transaction that wrote it.</param>
/// <param name="Kind">What it records.</param>
/// <param name="Payload">What it says.</param>
/// <param name="IsNew">True when it was written after the snapshot that was asked about.</param>
internal sealed record PastRow(Guid Id, ulong Xid, AuditKind Kind, string Payload, bool IsNew);

/// <summary>
/// Reads the entries that a replay needs, page by page: each page is a short statement of its own, so that a long replay holds no snapshot
/// that others would wait for, and no more memory than a page.
/// </summary>
internal sealed class PastRecord(NpgsqlDataSource database)
{
    /// <summary>Entries to a page.</summary>
    public const int Page = 1_000;

    // No tree of tasks lives longer; the rest is for clocks that differ.
    private static readonly TimeSpan s_longestTree = PartitionOptions.LongestTaskLife + TimeSpan.FromHours(1);

    // What began a moment before its own id was drawn.
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(1);

    private const string Oldest = "SELECT id FROM audit_entries ORDER BY id LIMIT 1";

    private const string OldestTree = """
        SELECT id FROM tasks WHERE id >= $1 AND id < $2 AND parent_id IS NULL AND coalesce(ended_at, deadline) >= $3 ORDER BY id LIMIT 1
        """;

    private const string InTime = """
        SELECT id, xid, kind, payload::text, false FROM audit_entries WHERE id > $1 AND id < $2 AND kind = ANY($3) AND (xid, id) <= ($4, $5)
        ORDER BY id LIMIT $6
        """;

    // Transactions do not commit in the order in which they began: what is older than every one under way is all there will ever be.
    private const string Committed = """
        SELECT id, xid, kind, payload::text, NOT pg_visible_in_snapshot(xid, $5::pg_snapshot) FROM audit_entries
        WHERE xid >= $1 AND (xid, id) > ($1, $2) AND xid < pg_snapshot_xmin(pg_current_snapshot()) AND kind = ANY($3)
        ORDER BY xid, id LIMIT $4
        """;

    // There is no index of decisions, which every one of them would pay for: the id says when it was made.
    private const string OfDecision = """
        SELECT id, xid, kind, payload::text, false FROM audit_entries WHERE id >= $1 AND id < $2 AND decision_id = $3 ORDER BY id LIMIT 8
        """;

    // A decision is recorded soon after its id was drawn; a call that waited long for the database, later.
    private static readonly TimeSpan[] s_delays = [TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(3)];

    private static readonly short[] s_kinds = [.. PastEntryReader.Kinds.Select(kind => (short)kind)];

    /// <summary>The moment of the oldest entry; null: there is none.</summary>
    public async Task<DateTimeOffset?> OldestAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand(Oldest);
        return await command.ExecuteScalarAsync(ct) is Guid id ? MomentOf(id) : null;
    }

    /// <summary>From when on the record has to be read to know every tree of tasks that lives at a moment from its beginning.</summary>
    public async Task<DateTimeOffset> BeginningOfTreesAsync(DateTimeOffset moment, CancellationToken ct)
    {
        await using var command = database.CreateCommand(OldestTree);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = FloorOf(moment - s_longestTree) });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = FloorOf(moment) });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = moment.ToUniversalTime() - s_skew });
        return (await command.ExecuteScalarAsync(ct) is Guid id ? MomentOf(id) : moment) - s_skew;
    }

    /// <summary>The entry of a decision; of several, the one that decides. Null: there is none on record.</summary>
    public async Task<PastRow?> FindAsync(DecisionId decision, CancellationToken ct)
    {
        var moment = MomentOf(decision.Value);
        foreach (var delay in s_delays)
        {
            await using var command = database.CreateCommand(OfDecision);
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = FloorOf(moment - delay) });
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = FloorOf(moment + delay) });
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = decision.Value });
            var rows = await ReadAsync(command, ct);
            if (rows.Count > 0) return rows.FirstOrDefault(row => PastEntryReader.Decides(row.Kind)) ?? rows[0];
        }

        return null;
    }

    /// <summary>A page in the order of ids, which is that of time: behind one id, and before another.</summary>
    /// <param name="after">The id before the page.</param>
    /// <param name="before">The id behind all pages.</param>
    /// <param name="upTo">Only what was written up to this point; null: all.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<IReadOnlyList<PastRow>> InTimeAsync(Guid after, Guid before, ShadowPoint? upTo, CancellationToken ct)
    {
        var end = upTo ?? new(ulong.MaxValue, Guid.Empty);
        await using var command = database.CreateCommand(InTime);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = before });
        command.Parameters.Add(Kinds());
        command.Parameters.Add(Xid(end.Xid));
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = end.Id });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Page });
        return await ReadAsync(command, ct);
    }

    /// <summary>A page in the order of transactions, behind a point, of those that nothing can come before any more.</summary>
    /// <param name="after">The point.</param>
    /// <param name="snapshot">Which entries are new: those that it does not see.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<IReadOnlyList<PastRow>> CommittedAsync(ShadowPoint after, string snapshot, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Committed);
        command.Parameters.Add(Xid(after.Xid));
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = after.Id });
        command.Parameters.Add(Kinds());
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Page });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = snapshot });
        return await ReadAsync(command, ct);
    }

    /// <summary>The lowest id of a moment.</summary>
    public static Guid FloorOf(DateTimeOffset moment) =>
        Guid.ParseExact(string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, moment.ToUnixTimeMilliseconds()):x12}{0:d20}"), "N");

    /// <summary>The moment of an id.</summary>
    public static DateTimeOffset MomentOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16);
    }

    private static NpgsqlParameter<short[]> Kinds() => new() { TypedValue = s_kinds, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint };

    private static NpgsqlParameter<ulong> Xid(ulong xid) => new() { TypedValue = xid, NpgsqlDbType = NpgsqlDbType.Xid8 };

    private static async Task<IReadOnlyList<PastRow>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        var rows = new List<PastRow>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) rows.Add(RowOf(reader));
        return rows;
    }

    private static PastRow RowOf(NpgsqlDataReader reader) =>
        new(reader.GetGuid(0), reader.GetFieldValue<ulong>(1), (AuditKind)reader.GetInt16(2), reader.GetString(3), reader.GetBoolean(4));
}
