using System.Diagnostics;
using CredBroker.Core.Approvals;
using CredBroker.Core.Audit;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Catalog;
using CredBroker.Core.Policies;
using CredBroker.Core.Tokens;
using Npgsql;
using NpgsqlTypes;

namespace CredBroker.Server.Ledger;

/// <summary>What approvers are to be asked.</summary>
/// <param name="Mint">The mint that needs them.</param>
/// <param name="Root">The root of its task's tree.</param>
/// <param name="Needed">Whose yes the policies want.</param>
/// <param name="Catalog">The catalog that says so.</param>
/// <param name="Denied">The entry of the decision, which is that an approval is needed; committed with the question.</param>
internal sealed record ApprovalQuestion(MintAsk Mint, Core.Tasks.TaskId Root, Judgement.NeedsApproval Needed, CatalogSnapshot Catalog, AuditEntry Denied)
{
    /// <summary>Who decides: one order, so that the same groups are the same text.</summary>
    public string[] Groups { get; } = [.. Needed.Approvers.Select(group => group.ToString()).Order(StringComparer.Ordinal)];

    /// <summary>How many of them have to say yes.</summary>
    public int Quorum { get; } = Catalog.Catalog.Settings.Approvals.QuorumOf(Needed.Approvers, Needed.Quorum);

    /// <summary>True when the approval was given by people who are not enough by this catalog: nothing can be minted with it.</summary>
    public bool IsVoid(ApprovalRow row) => row.State == ApprovalState.Approved && !ApprovalUse.IsEnough(row.ToFacts(), Needed, Catalog.Catalog);
}

/// <summary>What became of a question. Closed.</summary>
internal abstract record ApprovalAsked
{
    private ApprovalAsked()
    {
    }

    /// <summary>It is open: asked now, or before in the same words.</summary>
    public sealed record Open(ApprovalRow Row) : ApprovalAsked;

    /// <summary>The task is over: there is nobody to give an answer to.</summary>
    public sealed record TaskOver : ApprovalAsked;

    /// <summary>The task has asked too much already.</summary>
    public sealed record TooMany : ApprovalAsked;
}

/// <summary>
/// Asks approvers: one open question to one capability of one task, whoever asks at the same time. The lock of the task's row makes it one
/// after the other, and sees to it that a task that is over asks nothing.
/// </summary>
internal sealed class ApprovalAsking(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>The most open questions of one task: whoever floods people with questions gets one waved through in the end.</summary>
    public const int MostOpen = 16;

    private const string Settle = $"""
        WITH settled AS (
          UPDATE approvals SET state = CASE WHEN expires_at <= clock_timestamp() THEN 4 ELSE 6 END, xid = pg_current_xact_id()
          WHERE task_id = $1 AND digest = $2 AND state < 3 AND (expires_at <= clock_timestamp() OR groups <> $3 OR quorum <> $4)
          RETURNING id, state)
        SELECT id, state, pg_notify('{ApprovalSql.Channel}', id::text) FROM settled
        """;

    private const string Cancel = $"""
        WITH cancelled AS (UPDATE approvals SET state = 6, xid = pg_current_xact_id() WHERE id = $1 RETURNING id)
        SELECT pg_notify('{ApprovalSql.Channel}', id::text) FROM cancelled
        """;

    private const string CountOpen = "SELECT count(*)::int FROM approvals WHERE task_id = $1 AND state = 1 AND expires_at > clock_timestamp()";

    private const string Insert = """
        INSERT INTO approvals (id, task_id, root_id, tool, action, resource, parameters, digest, groups, quorum, state, decision_id, catalog_version, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, 1, $11, $12, clock_timestamp() + $13) RETURNING expires_at
        """;

    /// <summary>Asks, or finds what was asked before. The decision that needs it is on record in either case.</summary>
    public async Task<ApprovalAsked> AskAsync(ApprovalQuestion question, CancellationToken ct)
    {
        var digest = CapabilityJson.Digest(question.Mint.Capability);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, ct);
        await using (var held = new NpgsqlCommand(ApprovalSql.LockTask, connection, transaction) { Parameters = { Id(question.Mint.Task.Value) } })
            if (await held.ExecuteScalarAsync(ct) is not true)
                return new ApprovalAsked.TaskOver();

        var entries = new List<AuditEntry> { question.Denied };
        await SettleAsync(transaction, question, digest, entries, ct);
        var open = await OpenAsync(transaction, question, digest, ct);
        if (open is not null && question.IsVoid(open))
        {
            await CancelAsync(transaction, open, entries, ct);
            open = null;
        }

        if (open is null)
        {
            await using var count = new NpgsqlCommand(CountOpen, connection, transaction) { Parameters = { Id(question.Mint.Task.Value) } };
            if (await count.ExecuteScalarAsync(ct) is >= MostOpen) return new ApprovalAsked.TooMany();
            await InsertAsync(transaction, question, digest, entries, ct);
            open = await OpenAsync(transaction, question, digest, ct) ?? throw new UnreachableException("What was inserted is there.");
        }

        await AuditStatement.WriteAsync(transaction, entries, ct);
        await transaction.CommitDurablyAsync();
        return new ApprovalAsked.Open(open);
    }

    // What came too late, or was asked of others, stands in nobody's way.
    private async Task SettleAsync(
        NpgsqlTransaction transaction, ApprovalQuestion question, byte[] digest, List<AuditEntry> entries, CancellationToken ct)
    {
        await using var settle = new NpgsqlCommand(Settle, transaction.Connection, transaction)
        {
            Parameters =
            {
                Id(question.Mint.Task.Value), new NpgsqlParameter<byte[]> { TypedValue = digest }, new NpgsqlParameter<string[]> { TypedValue = question.Groups },
                new NpgsqlParameter<int> { TypedValue = question.Quorum },
            },
        };
        await using var reader = await settle.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            entries.Add(ApprovalPayloads.Lapsed(clock.GetUtcNow(), question.Mint.Task, ApprovalId.Of(reader.GetGuid(0)), (ApprovalState)reader.GetInt16(1)));
    }

    // Given by people of whom too few have a say now: it would be named until it expires, and refused each time.
    private async Task CancelAsync(NpgsqlTransaction transaction, ApprovalRow row, List<AuditEntry> entries, CancellationToken ct)
    {
        await using var cancel = new NpgsqlCommand(Cancel, transaction.Connection, transaction) { Parameters = { Id(row.Id.Value) } };
        await cancel.ExecuteNonQueryAsync(ct);
        entries.Add(ApprovalPayloads.Lapsed(clock.GetUtcNow(), row.Task, row.Id, ApprovalState.Cancelled));
    }

    private static async Task<ApprovalRow?> OpenAsync(NpgsqlTransaction transaction, ApprovalQuestion question, byte[] digest, CancellationToken ct)
    {
        await using var find = new NpgsqlCommand(
            $"{ApprovalSql.Select} WHERE a.task_id = $1 AND a.digest = $2 AND a.state < 3", transaction.Connection, transaction)
        {
            Parameters = { Id(question.Mint.Task.Value), new NpgsqlParameter<byte[]> { TypedValue = digest } },
        };
        return (await ApprovalRow.ReadAsync(find, ct)).SingleOrDefault();
    }

    private async Task InsertAsync(
        NpgsqlTransaction transaction, ApprovalQuestion question, byte[] digest, List<AuditEntry> entries, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var id = ApprovalId.New(now);
        var capability = question.Mint.Capability;
        await using var insert = new NpgsqlCommand(Insert, transaction.Connection, transaction)
        {
            Parameters =
            {
                Id(id.Value), Id(question.Mint.Task.Value), Id(question.Root.Value), Text(capability.Tool.ToString()), Text(capability.Action.ToString()),
                Text(capability.Resource.ToString()), Text(CapabilityJson.ParametersToText(capability)), new NpgsqlParameter<byte[]> { TypedValue = digest },
                new NpgsqlParameter<string[]> { TypedValue = question.Groups }, new NpgsqlParameter<int> { TypedValue = question.Quorum },
                Id(question.Mint.Decision.Value), new NpgsqlParameter<int> { TypedValue = question.Catalog.Version },
                new NpgsqlParameter<TimeSpan> { TypedValue = question.Catalog.Catalog.Settings.Approvals.ExpiresAfter, NpgsqlDbType = NpgsqlDbType.Interval },
            },
        };
        var expiresAt = new DateTimeOffset((DateTime)(await insert.ExecuteScalarAsync(ct))!);
        entries.Add(ApprovalPayloads.Asked(now, id, question.Mint, question.Needed.Approvers, question.Quorum, expiresAt));
        await using var wake = new NpgsqlCommand(ApprovalSql.Wake, transaction.Connection, transaction) { Parameters = { Text(id.ToString()) } };
        await wake.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlParameter<Guid> Id(Guid id) => new() { TypedValue = id };

    private static NpgsqlParameter<string> Text(string text) => new() { TypedValue = text };
}
