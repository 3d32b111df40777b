namespace CredBroker.Server.Ledger;

/// <summary>
/// The statements that take uses of tokens, and why they are safe. All of a batch is one transaction at read committed, so each statement
/// sees what was committed before it began.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>A use is decided at the moment of the judging statement's snapshot: tasks, catalog and history are read without a lock, for a use
/// adds nothing to them. What ended a task, revoked a token or replaced a catalog was answered either before that moment, and is seen, or
/// after it, and then came to the call while that was under way (decision 19).</item>
/// <item>Only tokens whose uses are counted are locked, in the order of their ids: each of them gives away its uses one by one.</item>
/// <item>The patient form waits for those rows before the judging statement takes its snapshot, so what it sees of uses is as new as the
/// rows. So it alone says that uses are spent: to the other form the use that took the last one may be the very same, asked for again.</item>
/// </list>
/// </remarks>
internal static class AuthorizeSql
{
    /// <summary>Waits for the rows of the counted tokens ($1).</summary>
    public const string LockRows = """
        SELECT count(*) FROM (
          SELECT FROM (SELECT DISTINCT u.jti FROM unnest($1::uuid[]) AS u(jti)) AS c JOIN tokens t ON t.jti = c.jti
          ORDER BY t.jti FOR NO KEY UPDATE OF t) AS locked
        """;

    /// <summary>
    /// Judges the asks, takes the uses that pass, and writes their audit entries. $13: the counted tokens among those asked for. $14: the
    /// patient form. Answers three arrays by position: the numbers of <see cref="AuthorizeOutcome"/>, and 6 for an ask that could not be
    /// decided now; the decision that took the use before, and its obligations.
    /// </summary>
    /// <remarks>
    /// A use that is there already is told apart by its decision: this very ask, sent again, took it (9), whatever has changed since. Two
    /// asks for one use in one batch have one place among those that count; the second is decided when the first is there to be seen. Uses are inserted in the order of their
    /// ids: two batches that have the same ones wait for each other, and not both. A use that was taken before may be on the primary only:
    /// then this transaction writes a message that nobody reads, so that its commit waits for the standby (see AuditStatement). OFFSET 0:
    /// see <see cref="MintSql"/>.
    /// </remarks>
    public const string Judge = """
        WITH ask AS (
          SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::int[], $6::bytea[], $7::uuid[], $8::text[], $9::uuid[],
            $10::smallint[], $11::text[], $12::bytea[])
            WITH ORDINALITY AS a(id, jti, kid, history_version, catalog_version, digest, decision_id, obligations, audit_id, audit_kind,
              payload, leaf_hash, ord)),
        head AS MATERIALIZED (SELECT version FROM catalog_head),
        locked AS MATERIALIZED (
          SELECT t.jti, t.uses_left, t.revoked_at
          FROM (SELECT DISTINCT u.jti FROM unnest($13::uuid[]) AS u(jti)) AS c JOIN tokens t ON t.jti = c.jti
          ORDER BY t.jti FOR NO KEY UPDATE OF t SKIP LOCKED),
        first_look AS (
          SELECT a.ord, a.id, a.jti, a.decision_id, t.task_id, l.uses_left, z.decision_id AS first_decision, z.obligations AS first_obligations,
            CASE
              WHEN z.decision_id = a.decision_id THEN 9
              WHEN t.jti IS NULL THEN 1
              WHEN t.uses_left IS NOT NULL AND l.jti IS NULL THEN 6
              WHEN t.revoked_at IS NOT NULL OR l.revoked_at IS NOT NULL OR t.expires_at <= clock_timestamp() THEN 1
              WHEN NOT EXISTS (SELECT FROM signing_keys s WHERE s.kid = t.kid) THEN 1
              WHEN a.kid <> t.kid AND NOT EXISTS (SELECT FROM signing_keys s WHERE s.kid = a.kid) THEN 1
              WHEN k.id IS NULL OR r.id IS NULL OR k.state <> 1 OR k.deadline <= clock_timestamp() OR k.heartbeat_due <= clock_timestamp() THEN 2
              WHEN k.ancestors <> '{}' AND cardinality(k.ancestors) <> (
                SELECT count(*) FROM (SELECT x.state, x.deadline, x.heartbeat_due FROM tasks x WHERE x.id = ANY(k.ancestors) OFFSET 0) AS above
                WHERE above.state = 1 AND above.deadline > clock_timestamp() AND above.heartbeat_due > clock_timestamp()) THEN 2
              WHEN z.id IS NOT NULL THEN CASE WHEN z.ask_digest = a.digest THEN 5 ELSE 7 END
              WHEN a.history_version <> r.history_version THEN 3
              WHEN a.catalog_version <> (SELECT version FROM head) THEN 4
              ELSE 0 END AS outcome
          FROM ask a LEFT JOIN tokens t ON t.jti = a.jti LEFT JOIN locked l ON l.jti = a.jti
            LEFT JOIN LATERAL (SELECT * FROM tasks x WHERE x.id = t.task_id OFFSET 0) AS k ON true
            LEFT JOIN LATERAL (SELECT * FROM tasks x WHERE x.id = k.root_id OFFSET 0) AS r ON true
            LEFT JOIN authorizations z ON z.id = a.id),
        copies AS (SELECT f.*, row_number() OVER (PARTITION BY f.id, f.outcome ORDER BY f.ord) AS copy FROM first_look f),
        placed AS (
          SELECT c.*, count(*) FILTER (WHERE c.copy = 1) OVER (PARTITION BY c.jti, c.outcome ORDER BY c.ord ROWS UNBOUNDED PRECEDING) AS place
          FROM copies c),
        judged AS MATERIALIZED (
          SELECT p.ord, p.decision_id, p.task_id, p.first_decision, p.first_obligations, CASE
              WHEN p.outcome <> 0 THEN p.outcome
              WHEN p.place > p.uses_left THEN CASE WHEN $14::boolean THEN 8 ELSE 6 END
              ELSE 0 END AS outcome
          FROM placed p),
        used AS (
          INSERT INTO authorizations (id, jti, ask_digest, decision_id, obligations, decided_history, decided_catalog)
          SELECT a.id, a.jti, a.digest, a.decision_id, a.obligations::jsonb, a.history_version, a.catalog_version
          FROM judged j JOIN ask a USING (ord) WHERE j.outcome = 0 ORDER BY a.id
          ON CONFLICT DO NOTHING RETURNING decision_id, jti),
        taken AS (
          UPDATE tokens t SET uses_left = t.uses_left - u.uses
          FROM (SELECT l.jti, count(*)::int AS uses FROM used d JOIN locked l ON l.jti = d.jti GROUP BY l.jti) AS u WHERE t.jti = u.jti),
        logged AS (
          INSERT INTO audit_entries (id, kind, task_id, decision_id, payload, leaf_hash)
          SELECT a.audit_id, a.audit_kind, j.task_id, a.decision_id, a.payload::json, a.leaf_hash
          FROM used d JOIN ask a USING (decision_id) JOIN judged j USING (ord))
        SELECT
          array_agg((CASE WHEN d.decision_id IS NOT NULL OR j.outcome = 9 THEN 0 WHEN j.outcome = 0 THEN 6 ELSE j.outcome END)::smallint
            ORDER BY j.ord),
          array_agg(j.first_decision ORDER BY j.ord), array_agg(j.first_obligations::text ORDER BY j.ord),
          (SELECT pg_logical_emit_message(true, 'credbroker', 'again')::text WHERE EXISTS (SELECT FROM judged x WHERE x.outcome IN (5, 9)))
        FROM judged j LEFT JOIN used d ON d.decision_id = j.decision_id
        """;
}
