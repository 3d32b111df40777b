using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using Npgsql;
using NpgsqlTypes;

namespace CredBroker.Server.Ledger;

/// <summary>
/// A batch of reads of tokens that are valid now: the same conditions as <see cref="TokenStatement"/>, and fewer columns. Of tokens that are
/// remembered from an earlier batch it reads only what was revoked since (decision 22).
/// </summary>
internal sealed class LiveTokenStatement : IBatchStatement<Guid, LiveToken?>
{
    /// <summary>Reads them; see <see cref="TokenStatement.Sql"/>.</summary>
    public const string Sql = $"{Columns} {TokenStatement.AskedFor}";

    /// <summary>The same, and whether it may be remembered, with what above its task, and until when.</summary>
    public const string RememberSql = $"{Columns}, t.uses_left IS NULL, k.ancestors, {Until} {TokenStatement.AskedFor}";

    private const string Columns = $"""
        SELECT (u.ord - 1)::int, t.jti, t.task_id, k.root_id, k.workload,
          CASE WHEN k.parent_id IS NULL THEN k.workload ELSE (SELECT r.workload FROM tasks r WHERE r.id = k.root_id) END, k.initiator,
          t.tool, t.action, t.resource, t.parameters::text, t.audience, t.cnf, t.kid, t.issued_at, t.expires_at, t.token_hash,
          {TokenStatement.IsLive}
        """;

    // What is revoked is forgotten at once. That all is read again every few seconds is for hands that change rows and leave no line in the feed.
    private const string Until = """
        least(clock_timestamp() + interval '5 seconds', t.expires_at, k.deadline, k.heartbeat_due, CASE WHEN k.ancestors <> '{}' THEN (
          SELECT min(least(x.deadline, x.heartbeat_due)) FROM tasks x WHERE x.id = ANY(k.ancestors)) END)
        """;

    private const int Active = 17;

    private readonly RememberedTokens _memory = new();
    private readonly RevokedSince _revoked = new();
    private readonly ArrayParameter<Guid> _ids = new(NpgsqlDbType.Uuid);
    private readonly List<(int Position, bool IsWorthIt)> _read = [];
    private readonly List<int> _held = [];
    private readonly NpgsqlBatch[] _batches;
    private bool _follows;

    /// <summary>Makes the commands.</summary>
    public LiveTokenStatement()
    {
        _batches =
        [
            new() { BatchCommands = { NewRead(Sql) } },
            new() { BatchCommands = { _revoked.NewCommand() } },
            // In this order: what is remembered was read after the snapshot from which on it is followed.
            new() { BatchCommands = { _revoked.NewCommand(), NewRead(RememberSql) } },
        ];
    }

    /// <inheritdoc/>
    public NpgsqlBatch Batch => _batches[!_follows ? 0 : _read.Count == 0 ? 1 : 2];

    /// <inheritdoc/>
    public IReadOnlyList<NpgsqlBatch> Batches => _batches;

    /// <inheritdoc/>
    public void Clear()
    {
        _ids.Clear();
        _read.Clear();
        _held.Clear();
        _follows = false;
    }

    /// <inheritdoc/>
    public void Add(Guid ask)
    {
        var position = _held.Count + _read.Count;
        if (_memory.Holds(ask))
        {
            _held.Add(position);
            _follows = true;
            return;
        }

        var isWorthIt = _memory.WasRead(ask);
        _ids.Add(ask);
        _read.Add((position, isWorthIt));
        _follows |= isWorthIt;
    }

    /// <inheritdoc/>
    public async Task ReadAsync(NpgsqlDataReader reader, IReadOnlyList<Pending<Guid, LiveToken?>> asks)
    {
        if (_follows)
        {
            var now = await _revoked.ReadAsync(reader, _memory);
            // What was forgotten gets no answer here: it is asked again at once, and read.
            foreach (var position in _held)
                if (_memory.Find(asks[position].Ask, now) is { } token) asks[position].Keep(token);
            if (_read.Count == 0) return;
            await reader.NextResultAsync(CancellationToken.None);
        }

        foreach (var (position, _) in _read) asks[position].Keep(null);
        while (await reader.ReadAsync(CancellationToken.None))
        {
            if (!reader.GetBoolean(Active)) continue;
            var (position, isWorthIt) = _read[reader.GetInt32(0)];
            var token = TokenOf(reader);
            asks[position].Keep(token);
            if (isWorthIt) Remember(token, reader);
            else _memory.Note(token.Jti.Value);
        }
    }

    private void Remember(LiveToken token, NpgsqlDataReader reader)
    {
        if (!_revoked.IsOverrun && reader.GetBoolean(Active + 1))
            _memory.Add(token, reader.GetFieldValue<Guid[]>(Active + 2), reader.GetFieldValue<DateTimeOffset>(Active + 3));
    }

    private NpgsqlBatchCommand NewRead(string sql) => new(sql) { Parameters = { _ids.Bind() } };

    private static LiveToken TokenOf(NpgsqlDataReader reader) => new()
    {
        Jti = Jti.Of(reader.GetGuid(1)),
        TaskId = TaskId.Of(reader.GetGuid(2)),
        RootId = TaskId.Of(reader.GetGuid(3)),
        Workload = reader.GetString(4),
        Subject = reader.GetString(5),
        Initiator = reader.GetString(6),
        Capability = new(reader.GetString(7), reader.GetString(8), reader.GetString(9), reader.GetString(10)),
        Audience = reader.GetString(11),
        Cnf = reader.IsDBNull(12) ? null : reader.GetString(12),
        Kid = reader.GetString(13),
        IssuedAt = reader.GetFieldValue<DateTimeOffset>(14),
        ExpiresAt = reader.GetFieldValue<DateTimeOffset>(15),
        TokenHash = reader.GetFieldValue<byte[]>(16),
    };
}
