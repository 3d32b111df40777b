using CredBroker.Core.Tasks;
using Npgsql;
using NpgsqlTypes;

namespace CredBroker.Server.Ledger;

/// <summary>A batch of reads of tasks as one round trip.</summary>
internal sealed class TaskStatement : IBatchStatement<Guid, TaskRow?>
{
    /// <summary>Liveness counts the ancestors that are live, so a missing row is not live. OFFSET 0: see <see cref="MintSql"/>.</summary>
    public const string Sql = """
        SELECT (u.ord - 1)::int, t.id, t.root_id, t.parent_id, t.ancestors, t.workload, t.initiator, t.intent, t.envelope::text, t.state,
          t.created_at, t.deadline, t.heartbeat_interval, nullif(t.heartbeat_due, 'infinity'), t.budget, t.spent, t.catalog_version,
          r.history, r.history_version, t.ended_at, t.end_cause, t.end_summary,
          t.state = 1 AND t.deadline > clock_timestamp() AND t.heartbeat_due > clock_timestamp()
            AND (t.ancestors = '{}' OR cardinality(t.ancestors) = (
              SELECT count(*) FROM (SELECT x.state, x.deadline, x.heartbeat_due FROM tasks x WHERE x.id = ANY(t.ancestors) OFFSET 0) AS above
                WHERE above.state = 1 AND above.deadline > clock_timestamp() AND above.heartbeat_due > clock_timestamp())),
          clock_timestamp(), CASE WHEN t.ancestors = '{}' THEN '{}' ELSE ARRAY(
            SELECT x.workload FROM tasks x WHERE x.id = ANY(t.ancestors) ORDER BY x.id) END, (SELECT version FROM catalog_head), r.granted::text
        FROM unnest($1::uuid[]) WITH ORDINALITY AS u(id, ord)
          JOIN LATERAL (SELECT * FROM tasks x WHERE x.id = u.id OFFSET 0) AS t ON true
          JOIN LATERAL (SELECT * FROM tasks x WHERE x.id = t.root_id OFFSET 0) AS r ON true
        """;

    private readonly ArrayParameter<Guid> _ids = new(NpgsqlDbType.Uuid);

    /// <summary>Makes the command.</summary>
    public TaskStatement() => Batch = new() { BatchCommands = { new(Sql) { Parameters = { _ids.Bind() } } } };

    /// <inheritdoc/>
    public NpgsqlBatch Batch { get; }

    /// <inheritdoc/>
    public void Clear() => _ids.Clear();

    /// <inheritdoc/>
    public void Add(Guid ask) => _ids.Add(ask);

    /// <inheritdoc/>
    public async Task ReadAsync(NpgsqlDataReader reader, IReadOnlyList<Pending<Guid, TaskRow?>> asks)
    {
        foreach (var ask in asks) ask.Keep(null);
        while (await reader.ReadAsync(CancellationToken.None)) asks[reader.GetInt32(0)].Keep(RowOf(reader));
    }

    /// <summary>The row that the reader is at.</summary>
    public static TaskRow RowOf(NpgsqlDataReader reader) => new()
    {
        Id = TaskId.Of(reader.GetGuid(1)),
        RootId = TaskId.Of(reader.GetGuid(2)),
        ParentId = reader.IsDBNull(3) ? null : TaskId.Of(reader.GetGuid(3)),
        Ancestors = Array.ConvertAll(reader.GetFieldValue<Guid[]>(4), TaskId.Of),
        Workload = reader.GetString(5),
        Initiator = reader.GetString(6),
        Intent = reader.GetString(7),
        EnvelopeJson = reader.GetString(8),
        State = (TaskState)reader.GetInt16(9),
        CreatedAt = reader.GetFieldValue<DateTimeOffset>(10),
        Deadline = reader.GetFieldValue<DateTimeOffset>(11),
        HeartbeatInterval = reader.IsDBNull(12) ? null : reader.GetTimeSpan(12),
        HeartbeatDue = reader.IsDBNull(13) ? null : reader.GetFieldValue<DateTimeOffset>(13),
        Budget = reader.GetInt32(14),
        Spent = reader.GetInt32(15),
        CatalogVersion = reader.GetInt32(16),
        History = reader.GetFieldValue<string[]>(17),
        HistoryVersion = reader.GetInt32(18),
        EndedAt = reader.IsDBNull(19) ? null : reader.GetFieldValue<DateTimeOffset>(19),
        EndCause = reader.IsDBNull(20) ? null : (EndCause)reader.GetInt16(20),
        EndSummary = reader.IsDBNull(21) ? null : reader.GetString(21),
        Live = reader.GetBoolean(22),
        DatabaseNow = reader.GetFieldValue<DateTimeOffset>(23),
        AncestorWorkloads = reader.GetFieldValue<string[]>(24),
        CatalogInForce = reader.GetInt32(25),
        Granted = GrantCounts.TryParse(reader.GetString(26), out var granted)
            ? granted
            : throw new InvalidDataException($"The counts of task {reader.GetGuid(2)} in the database do not read."),
    };
}
