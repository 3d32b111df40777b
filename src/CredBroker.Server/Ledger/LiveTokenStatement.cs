using CredBroker.Core.Tasks;
using Npgsql;
using NpgsqlTypes;

namespace CredBroker.Server.Ledger;

/// <summary>A batch of reads of tokens that are valid now: the same conditions as <see cref="TokenStatement"/>, and fewer columns.</summary>
internal sealed class LiveTokenStatement : IBatchStatement<Guid, LiveToken?>
{
    /// <summary>See <see cref="TokenStatement.Sql"/>.</summary>
    public const string Sql = $"""
        SELECT (u.ord - 1)::int, t.task_id, k.root_id, k.workload, k.initiator, t.tool, t.action, t.resource, t.parameters::text, t.audience,
          t.kid, t.issued_at, t.token_hash,
          {TokenStatement.IsLive}
        {TokenStatement.AskedFor}
        """;

    private readonly ArrayParameter<Guid> _ids = new(NpgsqlDbType.Uuid);

    /// <summary>Makes the command.</summary>
    public LiveTokenStatement() => Batch = new() { BatchCommands = { new(Sql) { Parameters = { _ids.Bind() } } } };

    /// <inheritdoc/>
    public NpgsqlBatch Batch { get; }

    /// <inheritdoc/>
    public void Clear() => _ids.Clear();

    /// <inheritdoc/>
    public void Add(Guid ask) => _ids.Add(ask);

    /// <inheritdoc/>
    public async Task ReadAsync(NpgsqlDataReader reader, IReadOnlyList<Pending<Guid, LiveToken?>> asks)
    {
        foreach (var ask in asks) ask.Keep(null);
        while (await reader.ReadAsync(CancellationToken.None))
            if (reader.GetBoolean(13)) asks[reader.GetInt32(0)].Keep(TokenOf(reader));
    }

    private static LiveToken TokenOf(NpgsqlDataReader reader) => new()
    {
        TaskId = TaskId.Of(reader.GetGuid(1)),
        RootId = TaskId.Of(reader.GetGuid(2)),
        Workload = reader.GetString(3),
        Initiator = reader.GetString(4),
        Capability = new(reader.GetString(5), reader.GetString(6), reader.GetString(7), reader.GetString(8)),
        Audience = reader.GetString(9),
        Kid = reader.GetString(10),
        IssuedAt = reader.GetFieldValue<DateTimeOffset>(11),
        TokenHash = reader.GetFieldValue<byte[]>(12),
    };
}
