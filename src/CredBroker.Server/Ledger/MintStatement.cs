using Npgsql;
using NpgsqlTypes;

namespace CredBroker.Server.Ledger;

/// <summary>A batch of mints as one round trip: see <see cref="MintSql"/>.</summary>
internal sealed class MintStatement : IBatchStatement<MintCommit, MintOutcome>
{
    private const short Undecided = 6;

    private readonly ArrayParameter<Guid> _taskIds = new(NpgsqlDbType.Uuid);
    private readonly ArrayParameter<Guid> _rootIds = new(NpgsqlDbType.Uuid);
    private readonly ArrayParameter<Guid> _jtis = new(NpgsqlDbType.Uuid);
    private readonly ArrayParameter<int> _historyVersions = new(NpgsqlDbType.Integer);
    private readonly ArrayParameter<int> _catalogVersions = new(NpgsqlDbType.Integer);
    private readonly ArrayParameter<string?> _grows = new(NpgsqlDbType.Text);
    private readonly ArrayParameter<string> _counts = new(NpgsqlDbType.Text);
    private readonly ArrayParameter<string> _tools = new(NpgsqlDbType.Text);
    private readonly ArrayParameter<string> _actions = new(NpgsqlDbType.Text);
    private readonly ArrayParameter<string> _resources = new(NpgsqlDbType.Text);
    private readonly ArrayParameter<string> _parameters = new(NpgsqlDbType.Text);
    private readonly ArrayParameter<string> _audiences = new(NpgsqlDbType.Text);
    private readonly ArrayParameter<string?> _cnfs = new(NpgsqlDbType.Text);
    private readonly ArrayParameter<string> _kids = new(NpgsqlDbType.Text);
    private readonly ArrayParameter<DateTime> _issuedAts = new(NpgsqlDbType.TimestampTz);
    private readonly ArrayParameter<DateTime> _expiresAts = new(NpgsqlDbType.TimestampTz);
    private readonly ArrayParameter<int?> _usesLeft = new(NpgsqlDbType.Integer);
    private readonly ArrayParameter<Guid> _decisionIds = new(NpgsqlDbType.Uuid);
    private readonly ArrayParameter<byte[]> _digests = new(NpgsqlDbType.Bytea);
    private readonly ArrayParameter<byte[]> _tokenHashes = new(NpgsqlDbType.Bytea);
    private readonly ArrayParameter<Guid> _auditIds = new(NpgsqlDbType.Uuid);
    private readonly ArrayParameter<short> _auditKinds = new(NpgsqlDbType.Smallint);
    private readonly ArrayParameter<string> _payloads = new(NpgsqlDbType.Text);
    private readonly ArrayParameter<byte[]> _leafHashes = new(NpgsqlDbType.Bytea);
    private readonly bool _patient;

    /// <param name="patient">True: waits for rows that are locked. False: does not decide the asks that need them.</param>
    public MintStatement(bool patient)
    {
        _patient = patient;
        Batch = new();
        if (patient) Batch.BatchCommands.Add(new(MintSql.LockRows) { Parameters = { _taskIds.Bind(), _rootIds.Bind() } });
        Batch.BatchCommands.Add(new(MintSql.LockCatalog));
        Batch.BatchCommands.Add(new(MintSql.Judge)
        {
            Parameters =
            {
                _taskIds.Bind(), _rootIds.Bind(), _jtis.Bind(), _historyVersions.Bind(), _catalogVersions.Bind(), _grows.Bind(), _tools.Bind(),
                _actions.Bind(), _resources.Bind(), _parameters.Bind(), _audiences.Bind(), _cnfs.Bind(), _kids.Bind(), _issuedAts.Bind(),
                _expiresAts.Bind(), _usesLeft.Bind(), _decisionIds.Bind(), _digests.Bind(), _tokenHashes.Bind(), _auditIds.Bind(),
                _auditKinds.Bind(), _payloads.Bind(), _leafHashes.Bind(), _counts.Bind(),
            },
        });
    }

    /// <inheritdoc/>
    public NpgsqlBatch Batch { get; }

    /// <inheritdoc/>
    public void Clear()
    {
        _taskIds.Clear();
        _rootIds.Clear();
        _jtis.Clear();
        _historyVersions.Clear();
        _catalogVersions.Clear();
        _grows.Clear();
        _tools.Clear();
        _actions.Clear();
        _resources.Clear();
        _parameters.Clear();
        _audiences.Clear();
        _cnfs.Clear();
        _kids.Clear();
        _issuedAts.Clear();
        _expiresAts.Clear();
        _usesLeft.Clear();
        _decisionIds.Clear();
        _digests.Clear();
        _tokenHashes.Clear();
        _auditIds.Clear();
        _auditKinds.Clear();
        _payloads.Clear();
        _leafHashes.Clear();
        _counts.Clear();
    }

    /// <inheritdoc/>
    public void Add(MintCommit ask)
    {
        _taskIds.Add(ask.TaskId.Value);
        _rootIds.Add(ask.RootId.Value);
        _jtis.Add(ask.Jti.Value);
        _historyVersions.Add(ask.HistoryVersion);
        _catalogVersions.Add(ask.CatalogVersion);
        _grows.Add(ask.Grows is { Count: > 0 } labels ? string.Join('\n', labels) : ask.IsSerial ? "" : null);
        _tools.Add(ask.Tool);
        _actions.Add(ask.Action);
        _resources.Add(ask.Resource);
        _parameters.Add(ask.ParametersJson);
        _audiences.Add(ask.Audience);
        _cnfs.Add(ask.Cnf);
        _kids.Add(ask.Kid);
        _issuedAts.Add(ask.IssuedAt.UtcDateTime);
        _expiresAts.Add(ask.ExpiresAt.UtcDateTime);
        _usesLeft.Add(ask.UsesLeft);
        _decisionIds.Add(ask.DecisionId.Value);
        _digests.Add(ask.AskDigest);
        _tokenHashes.Add(ask.TokenHash);
        _auditIds.Add(ask.Audit.Id);
        _auditKinds.Add((short)ask.Audit.Kind);
        _payloads.Add(ask.Audit.Payload);
        _leafHashes.Add(ask.Audit.LeafHash);
        _counts.Add(ask.Counts);
    }

    /// <inheritdoc/>
    public async Task ReadAsync(NpgsqlDataReader reader, IReadOnlyList<Pending<MintCommit, MintOutcome>> asks)
    {
        if (_patient) await reader.NextResultAsync(CancellationToken.None);
        await reader.NextResultAsync(CancellationToken.None);
        if (!await reader.ReadAsync(CancellationToken.None)) throw new InvalidOperationException("The judging statement answered nothing.");
        var outcomes = await reader.GetFieldValueAsync<short[]>(0, CancellationToken.None);
        for (var i = 0; i < asks.Count; i++)
            if (outcomes[i] != Undecided) asks[i].Keep((MintOutcome)outcomes[i]);
    }
}
