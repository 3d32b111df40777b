using CredBroker.Core;
using CredBroker.Core.Identity;
using CredBroker.Server.Wire;
using Google.Protobuf.WellKnownTypes;
using Npgsql;

using CredBroker.V1;

namespace CredBroker.Server.Tokens;

/// <summary>
/// StandingAccess, for administrators: every live credential with its task. It is empty when no task runs, because a token is live only
/// under a live task: the same condition as Introspect's. Refusals: malformed fields.
/// </summary>
internal sealed class StandingAccess(NpgsqlDataSource database)
{
    private const int DefaultPage = 500;
    private const int LargestPage = 1_000;

    private const string Live = """
        t.state = 1 AND t.deadline > clock_timestamp() AND t.heartbeat_due > clock_timestamp() AND NOT EXISTS (
          SELECT FROM tasks a WHERE a.id = ANY(t.ancestors)
            AND (a.state <> 1 OR a.deadline <= clock_timestamp() OR a.heartbeat_due <= clock_timestamp()))
        """;

    /// <summary>The live credentials behind a jti ($1), so many at most ($2).</summary>
    /// <remarks>
    /// A task's tokens are one range of jti: the 48 bits of time of the task's id, and anything behind. LATERAL and OFFSET 0 leave no other
    /// way than to look up the range of each live task: whatever lies in the table beside them, it is not read.
    /// </remarks>
    public const string Credentials = $"""
        SELECT k.jti, t.id, t.workload, t.initiator, k.tool, k.action, k.resource, k.audience, k.issued_at, k.expires_at, k.cnf
        FROM tasks t CROSS JOIN LATERAL (
          SELECT x.* FROM tokens x
          WHERE x.jti >= (substr(t.id::text, 1, 13) || '-0000-0000-000000000000')::uuid
            AND x.jti <= (substr(t.id::text, 1, 13) || '-ffff-ffff-ffffffffffff')::uuid
            AND x.task_id = t.id AND x.revoked_at IS NULL AND x.expires_at > clock_timestamp() AND coalesce(x.uses_left, 1) > 0 OFFSET 0) AS k
        WHERE {Live} AND EXISTS (SELECT FROM signing_keys s WHERE s.kid = k.kid) AND k.jti > $1
        ORDER BY k.jti LIMIT $2
        """;

    private const string Tasks = $"SELECT count(*)::int FROM tasks t WHERE {Live}";

    public async Task<Reply<StandingAccessResponse>> HandleAsync(StandingAccessRequest request, Caller caller, CancellationToken ct)
    {
        var fields = new Fields();
        var size = fields.PageSize(request.PageSize, DefaultPage, LargestPage);
        var after = request.PageToken.Length == 0 ? Guid.Empty : fields.Jti(request.PageToken, "page_token").Value;
        if (fields.Refusal is { } malformed) return Reply.Refuse<StandingAccessResponse>(malformed);

        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(Tasks));
        batch.BatchCommands.Add(new(Credentials)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = after }, new NpgsqlParameter<int> { TypedValue = size + 1 } },
        });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var response = new StandingAccessResponse { LiveTasks = reader.GetInt32(0) };
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            if (response.Credentials.Count == size)
            {
                response.NextPageToken = response.Credentials[^1].Jti;
                break;
            }

            response.Credentials.Add(CredentialOf(reader));
        }

        return Reply.Of(response);
    }

    private static LiveCredential CredentialOf(NpgsqlDataReader row) => new()
    {
        Jti = row.GetGuid(0).ToString(), TaskId = row.GetGuid(1).ToString(), Workload = row.GetString(2), Initiator = row.GetString(3),
        Tool = row.GetString(4), Action = row.GetString(5), Resource = row.GetString(6), Audience = row.GetString(7),
        IssuedAt = row.GetFieldValue<DateTimeOffset>(8).ToTimestamp(), ExpiresAt = row.GetFieldValue<DateTimeOffset>(9).ToTimestamp(),
        Binding = row.IsDBNull(10) ? "bearer" : row.GetString(10),
    };
}
