namespace CredBroker.Server.Ledger;

/// <summary>
/// The statements of a mint, and why they are safe. All of a batch is one transaction at read committed, so each statement sees
/// what was committed before it began.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>A task and its root are locked in the order of their ids, with what ends a task taking the same locks. Whoever ends an
/// ancestor must end this task in the same transaction, and waits for this lock to do so: so either this mint commits first, and its
/// token ends with its task, or the task is seen ended here. The look at the other ancestors is for their clocks.</item>
/// <item>The catalog's head is read under lock 7001, which is taken before the snapshot that reads it. Whoever holds that lock must
/// not wait for task rows: hence rows first in the patient form, and rows that are locked by others are skipped in the other.</item>
/// <item>The patient form waits for its rows before the judging statement takes its snapshot, so what it sees of tokens is as new as
/// the rows. It is the one that asks with an unknown outcome are sent again by.</item>
/// </list>
/// </remarks>
internal static class MintSql
{
    /// <summary>Waits for the rows of all tasks ($1) and roots ($2).</summary>
    public const string LockRows = """
        SELECT count(*) FROM (SELECT FROM tasks WHERE id = ANY($1 || $2) ORDER BY id FOR NO KEY UPDATE) AS locked
        """;

    /// <summary>Held by a mint while it commits, and exclusively by whoever applies a catalog.</summary>
    public const string LockCatalog = "SELECT pg_advisory_xact_lock_shared(7001)";

    /// <summary>
    /// Judges the asks against the locked rows, mints those that pass, and writes their audit entries. Answers one array of outcomes
    /// by position: those of <see cref="MintOutcome"/>, and 6 for an ask that could not be decided now.
    /// </summary>
    /// <remarks>
    /// Within a batch the order is: asks that add nothing to the history, then the first one of the tree that does; others that would
    /// are to decide again. An ask that adds no label and rests on counts grows by the empty text: it moves the version all the
    /// same. A token that is there already is told apart by its decision: this very ask, sent again, was minted.
    /// Budget that seemed spent only because an ask before turned out to be a duplicate is not decided now. OFFSET 0 keeps the conditions
    /// on the tasks above apart from the look-up of their ids: together they would match the index of all live tasks, and a generic plan
    /// that was made while there were few would read them all for ever. Joins with tasks are kept from becoming hash joins in the same way.
    /// </remarks>
    public const string Judge = """
        WITH ask AS (
          SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[],
            $10::text[], $11::text[], $12::text[], $13::text[], $14::timestamptz[], $15::timestamptz[], $16::int[], $17::uuid[], $18::bytea[],
            $19::bytea[], $20::uuid[], $21::smallint[], $22::text[], $23::bytea[], $24::text[])
            WITH ORDINALITY AS a(task_id, root_id, jti, history_version, catalog_version, grows, tool, action, resource,
              parameters, audience, cnf, kid, issued_at, expires_at, uses_left, decision_id, digest, token_hash,
              audit_id, audit_kind, payload, leaf_hash, counts, ord)),
        head AS MATERIALIZED (SELECT version FROM catalog_head),
        locked AS MATERIALIZED (
          SELECT t.id, t.root_id, t.ancestors, t.state, t.deadline, t.heartbeat_due, t.history_version, t.spent, t.budget
          FROM tasks t WHERE t.id = ANY($1 || $2) ORDER BY t.id FOR NO KEY UPDATE SKIP LOCKED),
        first_look AS (
          SELECT a.ord, a.task_id, a.root_id, a.decision_id, a.grows, l.spent, l.budget, l.deadline, CASE
              WHEN l.id IS NULL OR r.id IS NULL THEN
                CASE WHEN EXISTS (SELECT FROM tasks x WHERE x.id = a.task_id AND x.root_id = a.root_id) THEN 6 ELSE 1 END
              WHEN l.root_id <> a.root_id THEN 1
              WHEN l.state <> 1 OR l.deadline <= clock_timestamp() OR l.heartbeat_due <= clock_timestamp() THEN 1
              WHEN r.state <> 1 OR r.deadline <= clock_timestamp() OR r.heartbeat_due <= clock_timestamp() THEN 1
              WHEN cardinality(l.ancestors) > 1 AND cardinality(l.ancestors) <> (
                SELECT count(*) FROM (SELECT x.state, x.deadline, x.heartbeat_due FROM tasks x WHERE x.id = ANY(l.ancestors) OFFSET 0) AS above
                WHERE above.state = 1 AND above.deadline > clock_timestamp() AND above.heartbeat_due > clock_timestamp()) THEN 1
              WHEN a.history_version <> r.history_version THEN 2
              WHEN a.catalog_version <> (SELECT version FROM head) THEN 3
              WHEN NOT EXISTS (SELECT FROM signing_keys s WHERE s.kid = a.kid) THEN 7
              ELSE 0 END AS outcome
          FROM ask a LEFT JOIN locked l ON l.id = a.task_id LEFT JOIN locked r ON r.id = a.root_id),
        placed AS (
          SELECT f.*,
            row_number() OVER (PARTITION BY f.task_id, f.outcome ORDER BY f.grows IS NOT NULL, f.ord) AS place,
            count(f.grows) OVER (PARTITION BY f.root_id, f.outcome ORDER BY f.grows IS NOT NULL, f.ord ROWS UNBOUNDED PRECEDING) AS growing
          FROM first_look f),
        judged AS MATERIALIZED (
          SELECT p.ord, p.task_id, p.decision_id, p.deadline, CASE
              WHEN p.outcome <> 0 THEN p.outcome WHEN p.growing > 1 THEN 2 WHEN p.spent + p.place > p.budget THEN 4 ELSE 0 END AS outcome
          FROM placed p),
        minted AS (
          INSERT INTO tokens (jti, task_id, tool, action, resource, parameters, audience, cnf, kid, issued_at, expires_at, uses_left,
                              decision_id, ask_digest, token_hash, decided_history, decided_catalog)
          SELECT a.jti, a.task_id, a.tool, a.action, a.resource, a.parameters::jsonb, a.audience, a.cnf, a.kid, a.issued_at,
                 least(a.expires_at, j.deadline), a.uses_left, a.decision_id, a.digest, a.token_hash, a.history_version,
                 a.catalog_version
          FROM judged j JOIN ask a USING (ord) WHERE j.outcome = 0
          ON CONFLICT DO NOTHING RETURNING decision_id),
        written AS MATERIALIZED (SELECT a.* FROM minted JOIN ask a USING (decision_id)),
        changes AS (
          SELECT c.id, sum(c.minted)::int AS minted, max(c.grows) AS grows, array_agg(c.counts) FILTER (WHERE c.counts IS NOT NULL) AS counts
          FROM (SELECT w.task_id, 1, NULL, NULL FROM written w
                UNION ALL SELECT w.root_id, 0, w.grows, w.counts FROM written w) AS c(id, minted, grows, counts)
          GROUP BY c.id),
        changed AS (
          UPDATE tasks t SET spent = t.spent + c.minted,
            history_version = t.history_version + (c.grows IS NOT NULL)::int,
            history = CASE WHEN c.grows IS NULL THEN t.history ELSE t.history || ARRAY(
              SELECT DISTINCT l FROM unnest(string_to_array(c.grows, E'\n')) AS l WHERE l <> ALL (t.history) ORDER BY l) END,
            granted = CASE WHEN c.counts IS NULL THEN t.granted ELSE t.granted || (
              SELECT jsonb_object_agg(n.counted, coalesce((t.granted ->> n.counted)::int, 0) + n.times)
              FROM (SELECT k, count(*)::int FROM unnest(c.counts) AS k GROUP BY k) AS n(counted, times)) END
          FROM changes c WHERE t.id = c.id),
        logged AS (
          INSERT INTO audit_entries (id, kind, task_id, decision_id, payload, leaf_hash)
          SELECT w.audit_id, w.audit_kind, w.task_id, w.decision_id, w.payload::json, w.leaf_hash FROM written w)
        SELECT array_agg((CASE
            WHEN m.decision_id IS NOT NULL THEN 0
            WHEN j.outcome = 6 THEN 6
            ELSE coalesce(
              (SELECT CASE WHEN t.decision_id = a.decision_id THEN 0 ELSE 5 END FROM tokens t WHERE t.jti = a.jti),
              CASE j.outcome WHEN 0 THEN 5 WHEN 4 THEN
                CASE WHEN EXISTS (SELECT FROM judged z WHERE z.task_id = a.task_id AND z.outcome = 0
                                  AND NOT EXISTS (SELECT FROM minted n WHERE n.decision_id = z.decision_id)) THEN 6 ELSE 4 END
              ELSE j.outcome END) END)::smallint ORDER BY j.ord)
        FROM judged j JOIN ask a USING (ord) LEFT JOIN minted m ON m.decision_id = j.decision_id
        """;
}
