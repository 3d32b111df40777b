using System.Text.Json;
using CredBroker.Core;
using Npgsql;
using NpgsqlTypes;

namespace CredBroker.Server.Ledger;

/// <summary>A batch of uses as one round trip: see <see cref="AuthorizeSql"/>.</summary>
internal sealed class AuthorizeStatement : IBatchStatement<AuthorizeCommit, AuthorizeAnswer>
{
    private const short Undecided = 6;
    private const string NoObligations = "[]";

    private readonly ArrayParameter<Guid> _ids = new(NpgsqlDbType.Uuid);
    private readonly ArrayParameter<Guid> _jtis = new(NpgsqlDbType.Uuid);
    private readonly ArrayParameter<string> _kids = new(NpgsqlDbType.Text);
    private readonly ArrayParameter<int> _historyVersions = new(NpgsqlDbType.Integer);
    private readonly ArrayParameter<int> _catalogVersions = new(NpgsqlDbType.Integer);
    private readonly ArrayParameter<byte[]> _digests = new(NpgsqlDbType.Bytea);
    private readonly ArrayParameter<Guid> _decisionIds = new(NpgsqlDbType.Uuid);
    private readonly ArrayParameter<string> _obligations = new(NpgsqlDbType.Text);
    private readonly ArrayParameter<Guid> _auditIds = new(NpgsqlDbType.Uuid);
    private readonly ArrayParameter<short> _auditKinds = new(NpgsqlDbType.Smallint);
    private readonly ArrayParameter<string> _payloads = new(NpgsqlDbType.Text);
    private readonly ArrayParameter<byte[]> _leafHashes = new(NpgsqlDbType.Bytea);
    private readonly ArrayParameter<Guid> _counted = new(NpgsqlDbType.Uuid);
    private readonly bool _patient;

    /// <param name="patient">True: waits for rows that are locked. False: does not decide the asks that need them.</param>
    public AuthorizeStatement(bool patient)
    {
        _patient = patient;
        Batch = new();
        if (patient) Batch.BatchCommands.Add(new(AuthorizeSql.LockRows) { Parameters = { _counted.Bind() } });
        Batch.BatchCommands.Add(new(AuthorizeSql.Judge)
        {
            Parameters =
            {
                _ids.Bind(), _jtis.Bind(), _kids.Bind(), _historyVersions.Bind(), _catalogVersions.Bind(), _digests.Bind(), _decisionIds.Bind(),
                _obligations.Bind(), _auditIds.Bind(), _auditKinds.Bind(), _payloads.Bind(), _leafHashes.Bind(), _counted.Bind(),
                new NpgsqlParameter<bool> { TypedValue = patient },
            },
        });
    }

    /// <inheritdoc/>
    public NpgsqlBatch Batch { get; }

    /// <inheritdoc/>
    public void Clear()
    {
        _ids.Clear();
        _jtis.Clear();
        _kids.Clear();
        _historyVersions.Clear();
        _catalogVersions.Clear();
        _digests.Clear();
        _decisionIds.Clear();
        _obligations.Clear();
        _auditIds.Clear();
        _auditKinds.Clear();
        _payloads.Clear();
        _leafHashes.Clear();
        _counted.Clear();
    }

    /// <inheritdoc/>
    public void Add(AuthorizeCommit ask)
    {
        var use = ask.Use;
        _ids.Add(use.Id.Value);
        _jtis.Add(use.Jti.Value);
        _kids.Add(ask.Kid);
        _historyVersions.Add(use.HistoryVersion);
        _catalogVersions.Add(use.CatalogVersion);
        _digests.Add(use.AskDigest);
        _decisionIds.Add(use.Decision.Value);
        _obligations.Add(use.Obligations.IsEmpty ? NoObligations : JsonSerializer.Serialize(use.Obligations.ToArray()));
        _auditIds.Add(ask.Audit.Id);
        _auditKinds.Add((short)ask.Audit.Kind);
        _payloads.Add(ask.Audit.Payload);
        _leafHashes.Add(ask.Audit.LeafHash);
        if (use.IsCounted) _counted.Add(use.Jti.Value);
    }

    /// <inheritdoc/>
    public async Task ReadAsync(NpgsqlDataReader reader, IReadOnlyList<Pending<AuthorizeCommit, AuthorizeAnswer>> asks)
    {
        if (_patient) await reader.NextResultAsync(CancellationToken.None);
        if (!await reader.ReadAsync(CancellationToken.None)) throw new InvalidOperationException("The judging statement answered nothing.");
        var outcomes = await reader.GetFieldValueAsync<short[]>(0, CancellationToken.None);
        var decisions = await reader.GetFieldValueAsync<Guid?[]>(1, CancellationToken.None);
        var obligations = await reader.GetFieldValueAsync<string?[]>(2, CancellationToken.None);
        for (var i = 0; i < asks.Count; i++)
            if (outcomes[i] != Undecided) asks[i].Keep(AnswerOf((AuthorizeOutcome)outcomes[i], decisions[i], obligations[i]));
    }

    private static AuthorizeAnswer AnswerOf(AuthorizeOutcome outcome, Guid? decision, string? obligations) => outcome == AuthorizeOutcome.Duplicate
        ? new(outcome, DecisionId.Of(decision ?? default), obligations is null or NoObligations ? [] : JsonSerializer.Deserialize<string[]>(obligations) ?? [])
        : new(outcome, default, []);
}
