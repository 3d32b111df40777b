using CredBroker.Core.Audit;
using Npgsql;
using NpgsqlTypes;

namespace CredBroker.Server.Ledger;

/// <summary>A batch of audit entries as one round trip.</summary>
internal sealed class AuditStatement : IBatchStatement<AuditEntry, bool>
{
    // An entry that is there already was sent before, with an unknown outcome. It may be on the primary only, and a transaction that
    // writes nothing waits for no standby: so then this one writes a message that nobody reads, and its commit waits for both.
    private const string Sql = """
        WITH appended AS (
          INSERT INTO audit_entries (id, kind, task_id, decision_id, payload, leaf_hash)
          SELECT a.id, a.kind, a.task_id, a.decision_id, a.payload::json, a.leaf_hash
          FROM unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::uuid[], $5::text[], $6::bytea[])
            AS a(id, kind, task_id, decision_id, payload, leaf_hash)
          ON CONFLICT DO NOTHING RETURNING 1)
        SELECT CASE WHEN (SELECT count(*) FROM appended) < cardinality($1) THEN pg_logical_emit_message(true, 'credbroker', 'again')::text END
        """;

    private readonly ArrayParameter<Guid> _ids = new(NpgsqlDbType.Uuid);
    private readonly ArrayParameter<short> _kinds = new(NpgsqlDbType.Smallint);
    private readonly ArrayParameter<Guid?> _taskIds = new(NpgsqlDbType.Uuid);
    private readonly ArrayParameter<Guid?> _decisionIds = new(NpgsqlDbType.Uuid);
    private readonly ArrayParameter<string> _payloads = new(NpgsqlDbType.Text);
    private readonly ArrayParameter<byte[]> _leafHashes = new(NpgsqlDbType.Bytea);

    /// <summary>Makes the command.</summary>
    public AuditStatement() => Batch = new()
    {
        BatchCommands =
        {
            new(Sql)
            {
                Parameters = { _ids.Bind(), _kinds.Bind(), _taskIds.Bind(), _decisionIds.Bind(), _payloads.Bind(), _leafHashes.Bind() },
            },
        },
    };

    /// <summary>Writes entries within a transaction, with whatever else it changes.</summary>
    public static async Task WriteAsync(NpgsqlTransaction transaction, IReadOnlyCollection<AuditEntry> entries, CancellationToken ct)
    {
        var statement = new AuditStatement();
        await using var batch = statement.Batch;
        foreach (var entry in entries) statement.Add(entry);
        batch.Connection = transaction.Connection;
        batch.Transaction = transaction;
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <inheritdoc/>
    public NpgsqlBatch Batch { get; }

    /// <inheritdoc/>
    public void Clear()
    {
        _ids.Clear();
        _kinds.Clear();
        _taskIds.Clear();
        _decisionIds.Clear();
        _payloads.Clear();
        _leafHashes.Clear();
    }

    /// <inheritdoc/>
    public void Add(AuditEntry ask)
    {
        _ids.Add(ask.Id);
        _kinds.Add((short)ask.Kind);
        _taskIds.Add(ask.TaskId);
        _decisionIds.Add(ask.DecisionId);
        _payloads.Add(ask.Payload);
        _leafHashes.Add(ask.LeafHash);
    }

    /// <inheritdoc/>
    public async Task ReadAsync(NpgsqlDataReader reader, IReadOnlyList<Pending<AuditEntry, bool>> asks)
    {
        await reader.ReadAsync(CancellationToken.None);
        foreach (var ask in asks) ask.Keep(true);
    }
}
