using Npgsql;

namespace CredBroker.IntegrationTests;

/// <summary>Tasks and tokens enough for the planner to choose wrongly, if it has a choice.</summary>
internal static class Crowd
{
    /// <summary>300 live tasks without tokens, and 300 tasks that are over with 100 tokens each which would live for an hour.</summary>
    public static async Task CrowdAsync(this TestDatabase database)
    {
        await database.ExecuteAsync("""
            WITH crowd AS (
              INSERT INTO tasks (id, root_id, workload, initiator, intent, envelope, catalog_version, state, deadline, budget, ended_at, end_cause)
              SELECT id, id, 'w', 'i', 'n', '[]', 0, 1 + n % 2, now() + interval '1 hour', 100,
                CASE n % 2 WHEN 1 THEN now() END, CASE n % 2 WHEN 1 THEN 1 END
              FROM (SELECT n, (left(uuid_floor(now() + n * interval '1 s')::text, 14) || '7' || substr(gen_random_uuid()::text, 16))::uuid AS id
                    FROM generate_series(1, 600) AS n OFFSET 0) AS made
              RETURNING id, state)
            INSERT INTO tokens (jti, task_id, tool, action, resource, parameters, audience, kid, issued_at, expires_at, decision_id, ask_digest,
                                token_hash, decided_history, decided_catalog)
            SELECT (left(id::text, 14) || '8' || substr(gen_random_uuid()::text, 16))::uuid, id, 'mail', 'b', 'c', '{}', 'd', 'k', now(),
              now() + interval '1 hour', gen_random_uuid(), sha256('x'), sha256('y'), 0, 0
            FROM crowd, generate_series(1, 100) WHERE state = 2
            """);
        await database.ExecuteAsync("ANALYZE");
    }

    /// <summary>How many rows of tokens a transaction has read so far.</summary>
    public static async Task<long> ReadAsync(NpgsqlTransaction transaction)
    {
        await using var read = new NpgsqlCommand("""
            SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint FROM pg_stat_xact_user_tables WHERE relname LIKE 'tokens%'
            """, transaction.Connection, transaction);
        return (long)(await read.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
