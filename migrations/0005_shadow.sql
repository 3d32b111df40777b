-- A candidate that is judged beside the catalog in force, and what it would have decided otherwise. Nothing is decided by it. One replica
-- at a time follows the record for it; how far, and what was found, is written in one transaction, so every decision is counted once.

CREATE TABLE shadow (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    candidate   uuid NOT NULL,                                -- of this start: what was found for another is not taken for it
    digest      bytea NOT NULL CHECK (octet_length(digest) = 32),
    files       jsonb NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_by  text NOT NULL,
    snapshot    text NOT NULL,                                -- pg_snapshot of the start: what it sees was decided before
    after_xid   xid8 NOT NULL,                                -- entries of the record up to this one are counted
    after_id    uuid NOT NULL,
    until       timestamptz,                                  -- the last decision that is counted; null: none yet
    totals      bytea NOT NULL                                -- credbroker.v1.ReplayTotals
);

CREATE TABLE shadow_changes (
    decision_id  uuid PRIMARY KEY,
    found        bytea NOT NULL                               -- credbroker.v1.ChangedDecision
);
