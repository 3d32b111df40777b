using CredBroker.Core;
using CredBroker.Core.Audit;
using CredBroker.Core.Capabilities;
using CredBroker.Core.Identity;
using CredBroker.Core.Tasks;
using CredBroker.Server.Keys;
using CredBroker.Server.Ledger;
using CredBroker.Server.Storage;
using CredBroker.Server.Wire;
using Npgsql;
using NpgsqlTypes;
using EndCause = CredBroker.Core.Tasks.EndCause;

using CredBroker.V1;

namespace CredBroker.Server.Revocation;

/// <summary>
/// Admin.Revoke, the emergency stop: ends every live task that the subject names, or shuts out a tool's tokens or a signing key. Refusals:
/// malformed fields. Naming what has nothing alive is fine: the counts say so.
/// </summary>
internal sealed class EmergencyStop(OncePerRequest once, TaskEnding ending, SigningKeys keys, TimeProvider clock)
{
    /// <summary>Revokes the live tokens of a tool ($1) for a cause ($2).</summary>
    public const string RevokeTool = $"{RevokeTokens} AND x.tool = $1 OFFSET 0) AS token {OfLiveTasks}";

    private const string RevokeKey = $"{RevokeTokens} AND x.kid = $1 OFFSET 0) AS token {OfLiveTasks}";

    // The tokens of a task are one range of jti. LATERAL and OFFSET 0 leave no other way than to look up the range of each live task:
    // whatever lies in the table beside them, it is not read.
    private const string RevokeTokens = """
        UPDATE tokens t SET revoked_at = clock_timestamp(), revoke_cause = $2
        WHERE t.revoked_at IS NULL AND t.jti = ANY (ARRAY(
          SELECT token.jti FROM tasks k CROSS JOIN LATERAL (
            SELECT x.jti FROM tokens x
            WHERE x.jti >= (substr(k.id::text, 1, 13) || '-0000-0000-000000000000')::uuid
              AND x.jti <= (substr(k.id::text, 1, 13) || '-ffff-ffff-ffffffffffff')::uuid
              AND x.task_id = k.id AND x.revoked_at IS NULL AND x.expires_at > clock_timestamp()
        """;

    private const string OfLiveTasks = "WHERE k.state = 1 AND k.deadline > clock_timestamp() AND k.heartbeat_due > clock_timestamp()))";

    public async Task<Reply<RevokeResponse>> HandleAsync(RevokeRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        var requestId = fields.RequestId(request.RequestId);
        var cause = fields.Text(request.Cause, "cause", 1, 256);
        var target = TargetOf(request, fields);
        if (fields.Refusal is { } malformed) return Reply.Refuse<RevokeResponse>(malformed);

        var reply = await once.RunAsync(caller, requestId, request, async transaction =>
        {
            var tasks = await EndTasksAsync(transaction, target, caller, cause, ct);
            var tokens = await RevokeTokensAsync(transaction, target, cause, ct);
            var now = clock.GetUtcNow();
            await Revocations.RecordAsync(
                transaction, new(now, target.Kind, target.Subject, null, cause),
                AuditPayloads.AdminRevoked(now, caller.Name, target.Kind.ToString(), target.Subject, cause, tasks, tokens), ct);
            return Reply.Of(new RevokeResponse { TasksEnded = tasks, TokensRevoked = tokens });
        }, ct);
        // Other replicas look every few seconds; nobody should have to wait for this one. It is committed: nothing cancels this.
        if (target.Kind == RevocationKind.Key) await keys.MaintainAsync(CancellationToken.None);
        return reply;
    }

    private static Target TargetOf(RevokeRequest request, Fields fields)
    {
        switch (request.SubjectCase)
        {
            case RevokeRequest.SubjectOneofCase.TaskId:
                return new(RevocationKind.TaskTree, fields.TaskId(request.TaskId).ToString());
            case RevokeRequest.SubjectOneofCase.Workload:
                if (!SpiffeId.TryParse(request.Workload, out _)) fields.Refuse(Reason.FieldMalformed, "workload", "a SPIFFE ID is expected");
                return new(RevocationKind.Workload, request.Workload);
            case RevokeRequest.SubjectOneofCase.Tool:
                if (!ToolName.TryParse(request.Tool, out _)) fields.Refuse(Reason.FieldMalformed, "tool", "the name of a tool is expected");
                return new(RevocationKind.Tool, request.Tool);
            case RevokeRequest.SubjectOneofCase.Initiator:
                return new(RevocationKind.Initiator, fields.Text(request.Initiator, "initiator", 1, TaskLimits.MaxInitiatorBytes));
            case RevokeRequest.SubjectOneofCase.Kid:
                if (!JwkThumbprint.TryParse(request.Kid, out _)) fields.Refuse(Reason.FieldMalformed, "kid", "the id of a signing key is expected");
                return new(RevocationKind.Key, request.Kid);
            case RevokeRequest.SubjectOneofCase.Everything when request.Everything:
                return new(RevocationKind.Everything, "*");
            default:
                fields.Refuse(Reason.FieldMissing, "subject", "a task, workload, tool, initiator, key, or everything is required");
                return new(RevocationKind.Everything, "");
        }
    }

    private async Task<int> EndTasksAsync(NpgsqlTransaction transaction, Target target, Caller caller, string cause, CancellationToken ct)
    {
        var which = target.Kind switch
        {
            RevocationKind.TaskTree => "id = $1::uuid",
            RevocationKind.Workload => "workload = $1",
            RevocationKind.Initiator => "initiator = $1",
            RevocationKind.Everything => "$1 = '*'",
            _ => null,
        };
        if (which is null) return 0;

        List<TaskId> named = [];
#pragma warning disable CA2100 // The condition is one of the constants above; the subject is a parameter.
        await using (var find = new NpgsqlCommand($"SELECT id FROM tasks WHERE state < 2 AND {which}", transaction.Connection, transaction))
        {
#pragma warning restore CA2100
            find.Parameters.Add(new() { Value = target.Subject, NpgsqlDbType = NpgsqlDbType.Text });
            await using var reader = await find.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct)) named.Add(TaskId.Of(reader.GetGuid(0)));
        }

        if (named.Count == 0) return 0;
        var end = new TaskEnd(named, EndCause.Revoked, cause, task => AuditPayloads.TaskEnded(
            clock.GetUtcNow(), task.Id, task.Workload, task.Cause, task.Spent, caller.Name, cause));
        return (await ending.EndAsync(transaction, end, ct)).Count;
    }

    // A token is valid only while its key is published, so a key is shut out by taking it away; a tool's tokens one by one.
    private static async Task<int> RevokeTokensAsync(NpgsqlTransaction transaction, Target target, string cause, CancellationToken ct)
    {
        var which = target.Kind switch { RevocationKind.Tool => RevokeTool, RevocationKind.Key => RevokeKey, _ => null };
        if (which is null) return 0;

        await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        batch.BatchCommands.Add(new("SET LOCAL enable_seqscan = off"));
        if (target.Kind == RevocationKind.Key)
            batch.BatchCommands.Add(new("DELETE FROM signing_keys WHERE kid = $1") { Parameters = { new NpgsqlParameter<string> { TypedValue = target.Subject } } });
        var update = new NpgsqlBatchCommand(which)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = target.Subject }, new NpgsqlParameter<string> { TypedValue = cause } },
        };
        batch.BatchCommands.Add(update);
        await batch.ExecuteNonQueryAsync(ct);
        return (int)update.Rows;
    }

    private sealed record Target(RevocationKind Kind, string Subject);
}
