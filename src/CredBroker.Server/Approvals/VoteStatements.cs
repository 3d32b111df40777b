using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using CredBroker.Core.Approvals;
using CredBroker.Core.Audit;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Server.Ledger;
using Npgsql;
using NpgsqlTypes;

namespace CredBroker.Server.Approvals;

/// <summary>A vote as it was asked for.</summary>
internal sealed record Vote(IReadOnlyList<ApprovalId> Ids, VoteAsk Ask, string Reason);

/// <summary>
/// The statements of a vote, in the order of everybody's locks: the approver's own, which makes the count of an hour exact; the task's row,
/// which whoever asks, mints or ends it takes too; the approvals.
/// </summary>
internal static class VoteStatements
{
    private const string Hold = "SELECT count(*) FROM (SELECT FROM approvals WHERE id = ANY($1) AND task_id = $2 ORDER BY id FOR UPDATE) AS held";

    private const string Chain = """
        SELECT x.workload, x.initiator FROM tasks t JOIN tasks x ON x.id = t.id OR x.id = ANY(t.ancestors) WHERE t.id = $1
        """;

    private const string InsertVote = "INSERT INTO approval_votes (approval_id, approver, approves, reason) VALUES ($1, $2, $3, $4)";

    private const string Update = """
        UPDATE approvals SET state = $2, xid = pg_current_xact_id(), decided_at = CASE WHEN $2 <> 1 THEN clock_timestamp() END,
          expires_at = CASE WHEN $2 = 2 THEN clock_timestamp() + $3 ELSE expires_at END
        WHERE id = $1 AND state = 1
        """;

    /// <summary>One vote of an approver after the other.</summary>
    public static async Task LockApproverAsync(NpgsqlTransaction transaction, string approver, CancellationToken ct)
    {
        // One space with the locks of requests, and as little harm when two meet in it.
        var number = BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"approver:{approver}")));
        await RunAsync(transaction, "SELECT pg_advisory_xact_lock($1)", ct, number);
    }

    /// <summary>The tasks that the approvals belong to, each once.</summary>
    public static async Task<List<TaskId>> TasksOfAsync(NpgsqlTransaction transaction, IReadOnlyList<ApprovalId> ids, CancellationToken ct)
    {
        await using var command = Command(transaction, "SELECT DISTINCT task_id FROM approvals WHERE id = ANY($1)", GuidsOf(ids));
        await using var reader = await command.ExecuteReaderAsync(ct);
        var tasks = new List<TaskId>();
        while (await reader.ReadAsync(ct)) tasks.Add(TaskId.Of(reader.GetGuid(0)));
        return tasks;
    }

    /// <summary>The approvals of a task, held with it until the transaction ends.</summary>
    public static async Task<List<ApprovalRow>> HoldAsync(NpgsqlTransaction transaction, TaskId task, IReadOnlyList<ApprovalId> ids, CancellationToken ct)
    {
        await RunAsync(transaction, ApprovalSql.LockTask, ct, task.Value);
        await RunAsync(transaction, Hold, ct, GuidsOf(ids), task.Value);
        return await ReadAsync(transaction, ids, ct);
    }

    /// <summary>The approvals as they are.</summary>
    public static async Task<List<ApprovalRow>> ReadAsync(NpgsqlTransaction transaction, IReadOnlyList<ApprovalId> ids, CancellationToken ct)
    {
        await using var command = Command(transaction, $"{ApprovalSql.Select} WHERE a.id = ANY($1) ORDER BY a.id", GuidsOf(ids));
        return await ApprovalRow.ReadAsync(command, ct);
    }

    /// <summary>The task and those above it.</summary>
    public static async Task<ImmutableArray<ChainLink>> ChainOfAsync(NpgsqlTransaction transaction, TaskId task, CancellationToken ct)
    {
        await using var command = Command(transaction, Chain, task.Value);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var chain = ImmutableArray.CreateBuilder<ChainLink>();
        while (await reader.ReadAsync(ct))
        {
            if (!SpiffeId.TryParse(reader.GetString(0), out var workload)) throw new InvalidDataException($"Task {task} in the database does not read.");
            chain.Add(new(workload, reader.GetString(1)));
        }

        return chain.ToImmutable();
    }

    /// <summary>Writes what counted, with its audit entries, and wakes whoever waits.</summary>
    public static async Task WriteAsync(
        NpgsqlTransaction transaction, List<(ApprovalRow Row, VoteDecision.Counted Decision)> counted, Vote vote, TimeSpan useWithin, DateTimeOffset now,
        CancellationToken ct)
    {
        var entries = new List<AuditEntry>();
        foreach (var (row, decision) in counted)
        {
            await RunAsync(transaction, InsertVote, ct, row.Id.Value, decision.Approver.ToString(), vote.Ask.Approves, vote.Reason);
            if (await RunAsync(transaction, Update, ct, row.Id.Value, (short)decision.After, useWithin) != 1)
                throw new UnreachableException("A row that is held does not change.");
            await RunAsync(transaction, ApprovalSql.Wake, ct, row.Id.ToString());
            entries.Add(ApprovalPayloads.Voted(now, row.Task, row.Id, new(decision.Approver, vote.Ask.Approves), vote.Reason, decision.After));
        }

        await AuditStatement.WriteAsync(transaction, entries, ct);
    }

    private static Guid[] GuidsOf(IReadOnlyList<ApprovalId> ids) => [.. ids.Select(id => id.Value)];

    private static async Task<int> RunAsync(NpgsqlTransaction transaction, string sql, CancellationToken ct, params object[] arguments)
    {
        await using var command = Command(transaction, sql, arguments);
        return await command.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlCommand Command(NpgsqlTransaction transaction, string sql, params object[] arguments)
    {
#pragma warning disable CA2100 // One of the constants above, or of ApprovalSql.
        var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
#pragma warning restore CA2100
        foreach (var argument in arguments)
        {
            var parameter = new NpgsqlParameter { Value = argument };
            if (argument is TimeSpan) parameter.NpgsqlDbType = NpgsqlDbType.Interval;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
