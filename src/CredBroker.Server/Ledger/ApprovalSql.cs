namespace CredBroker.Server.Ledger;

/// <summary>
/// How approvals are read. Locks are taken in this order everywhere: the row of the task, rows of approvals, the catalog's head.
/// </summary>
internal static class ApprovalSql
{
    /// <summary>The channel that wakes whoever waits; the payload is the approval's id, as a hint of who that is.</summary>
    public const string Channel = "credbroker_approvals";

    /// <summary>True while the task <c>k</c> and every task above it is live by the database's clock. OFFSET 0: see <see cref="MintSql"/>.</summary>
    public const string TaskIsLive = """
        (k.state = 1 AND k.deadline > clock_timestamp() AND k.heartbeat_due > clock_timestamp()
          AND (k.ancestors = '{}' OR cardinality(k.ancestors) = (
            SELECT count(*) FROM (SELECT x.state, x.deadline, x.heartbeat_due FROM tasks x WHERE x.id = ANY(k.ancestors) OFFSET 0) AS above
              WHERE above.state = 1 AND above.deadline > clock_timestamp() AND above.heartbeat_due > clock_timestamp())))
        """;

    /// <summary>The state of the approval <c>a</c> of the task <c>k</c> at this moment, whether or not a job has written it down.</summary>
    public const string State = $"""
        (CASE WHEN a.state > 2 THEN a.state WHEN NOT {TaskIsLive} THEN 6 WHEN a.expires_at <= clock_timestamp() THEN 4 ELSE a.state END)::smallint
        """;

    /// <summary>Approvals as <see cref="ApprovalRow"/> reads them; conditions follow.</summary>
    public const string Select = $$"""
        SELECT a.id, a.task_id, a.root_id, k.workload, k.initiator, k.intent, a.tool, a.action, a.resource, a.parameters::text, a.digest, a.groups,
          a.quorum, {{State}}, a.created_at, a.expires_at, a.decided_at, a.used_at, a.jti, a.decision_id, a.xid,
          coalesce(v.approvers, '{}'), coalesce(v.approve, '{}'), coalesce(v.reasons, '{}'), coalesce(v.moments, '{}')
        FROM approvals a JOIN LATERAL (SELECT * FROM tasks x WHERE x.id = a.task_id OFFSET 0) AS k ON true CROSS JOIN LATERAL (
          SELECT array_agg(w.approver ORDER BY w.voted_at, w.approver) AS approvers, array_agg(w.approves ORDER BY w.voted_at, w.approver) AS approve,
            array_agg(w.reason ORDER BY w.voted_at, w.approver) AS reasons, array_agg(w.voted_at ORDER BY w.voted_at, w.approver) AS moments
          FROM approval_votes w WHERE w.approval_id = a.id) AS v
        """;

    /// <summary>Holds the task ($1) as a mint does, and says whether it is live.</summary>
    public const string LockTask = $"SELECT {TaskIsLive} FROM tasks k WHERE k.id = $1 FOR NO KEY UPDATE OF k";

    /// <summary>Wakes whoever waits for an approval ($1), once the transaction commits.</summary>
    public const string Wake = $"SELECT pg_notify('{Channel}', $1::text)";
}
