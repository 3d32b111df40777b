using CredBroker.Core;
using CredBroker.Core.Approvals;
using CredBroker.Core.Tasks;
using CredBroker.Core.Tokens;
using Npgsql;
using NpgsqlTypes;

namespace CredBroker.Server.Ledger;

/// <summary>A batch of reads of tokens as one round trip.</summary>
internal sealed class TokenStatement : IBatchStatement<Guid, TokenRow?>
{
    /// <summary>Whether the token <c>t</c> of the task <c>k</c> is valid now. An ancestor whose row is missing is not live.</summary>
    public const string IsLive = """
        t.revoked_at IS NULL AND t.expires_at > clock_timestamp() AND coalesce(t.uses_left > 0, true)
          AND EXISTS (SELECT FROM signing_keys s WHERE s.kid = t.kid)
          AND k.state = 1 AND k.deadline > clock_timestamp() AND k.heartbeat_due > clock_timestamp()
          AND (k.ancestors = '{}' OR cardinality(k.ancestors) = (
            SELECT count(*) FROM (SELECT x.state, x.deadline, x.heartbeat_due FROM tasks x WHERE x.id = ANY(k.ancestors) OFFSET 0) AS above
              WHERE above.state = 1 AND above.deadline > clock_timestamp() AND above.heartbeat_due > clock_timestamp()))
        """;

    /// <summary>
    /// The tokens with the ids $1, each with its task. By a join with unnest, not by <c>jti = ANY($1)</c>: a generic plan then prunes the
    /// partitions when it runs. OFFSET 0: see <see cref="MintSql"/>.
    /// </summary>
    public const string AskedFor = """
        FROM unnest($1::uuid[]) WITH ORDINALITY AS u(jti, ord) JOIN tokens t ON t.jti = u.jti
          JOIN LATERAL (SELECT * FROM tasks x WHERE x.id = t.task_id OFFSET 0) AS k ON true
        """;

    /// <summary>Reads them.</summary>
    public const string Sql = $"""
        SELECT (u.ord - 1)::int, t.jti, t.task_id, k.root_id, k.ancestors, k.workload, k.initiator, t.tool, t.action, t.resource,
          t.parameters::text, t.audience, t.cnf, t.kid, t.issued_at, t.expires_at, t.revoked_at, t.uses_left, t.decision_id, t.ask_digest,
          t.token_hash, t.approval_id,
          {IsLive}
        {AskedFor}
        """;

    private readonly ArrayParameter<Guid> _ids = new(NpgsqlDbType.Uuid);

    /// <summary>Makes the command.</summary>
    public TokenStatement() => Batch = new() { BatchCommands = { new(Sql) { Parameters = { _ids.Bind() } } } };

    /// <inheritdoc/>
    public NpgsqlBatch Batch { get; }

    /// <inheritdoc/>
    public void Clear() => _ids.Clear();

    /// <inheritdoc/>
    public void Add(Guid ask) => _ids.Add(ask);

    /// <inheritdoc/>
    public async Task ReadAsync(NpgsqlDataReader reader, IReadOnlyList<Pending<Guid, TokenRow?>> asks)
    {
        foreach (var ask in asks) ask.Keep(null);
        while (await reader.ReadAsync(CancellationToken.None)) asks[reader.GetInt32(0)].Keep(RowOf(reader));
    }

    private static TokenRow RowOf(NpgsqlDataReader reader) => new()
    {
        Jti = Jti.Of(reader.GetGuid(1)),
        TaskId = TaskId.Of(reader.GetGuid(2)),
        RootId = TaskId.Of(reader.GetGuid(3)),
        Ancestors = Array.ConvertAll(reader.GetFieldValue<Guid[]>(4), TaskId.Of),
        Workload = reader.GetString(5),
        Initiator = reader.GetString(6),
        Tool = reader.GetString(7),
        Action = reader.GetString(8),
        Resource = reader.GetString(9),
        ParametersJson = reader.GetString(10),
        Audience = reader.GetString(11),
        Cnf = reader.IsDBNull(12) ? null : reader.GetString(12),
        Kid = reader.GetString(13),
        IssuedAt = reader.GetFieldValue<DateTimeOffset>(14),
        ExpiresAt = reader.GetFieldValue<DateTimeOffset>(15),
        RevokedAt = reader.IsDBNull(16) ? null : reader.GetFieldValue<DateTimeOffset>(16),
        UsesLeft = reader.IsDBNull(17) ? null : reader.GetInt32(17),
        DecisionId = DecisionId.Of(reader.GetGuid(18)),
        AskDigest = reader.GetFieldValue<byte[]>(19),
        TokenHash = reader.GetFieldValue<byte[]>(20),
        Approval = reader.IsDBNull(21) ? null : ApprovalId.Of(reader.GetGuid(21)),
        Active = reader.GetBoolean(22),
    };
}
