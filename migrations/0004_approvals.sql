-- Questions to people, and their answers. An approval is bound to the digest of one capability of one task, and good for one token. Its
-- row is written under the lock of its task's row, so that a task that ends and an approval that is given wait for each other; whether
-- it can still be decided or used also follows from the clock and the task, and is never read from the state alone.

CREATE TABLE approvals (
    id               uuid PRIMARY KEY,
    task_id          uuid NOT NULL,
    root_id          uuid NOT NULL,
    tool             text NOT NULL,
    action           text NOT NULL,
    resource         text NOT NULL,
    parameters       jsonb NOT NULL,
    digest           bytea NOT NULL CHECK (octet_length(digest) = 32),   -- of the capability, in its canonical form
    groups           text[] NOT NULL CHECK (cardinality(groups) > 0),
    quorum           integer NOT NULL CHECK (quorum > 0),
    state            smallint NOT NULL CHECK (state BETWEEN 1 AND 6),    -- 1 pending, 2 approved, 3 denied, 4 expired, 5 used, 6 cancelled
    decision_id      uuid NOT NULL,                                      -- the decision that asked
    catalog_version  integer NOT NULL,
    xid              xid8 NOT NULL DEFAULT pg_current_xact_id(),         -- of the last change: what watchers follow
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at       timestamptz NOT NULL,                               -- to be decided until then; once approved, to be used
    decided_at       timestamptz,
    used_at          timestamptz,
    jti              uuid,
    CHECK ((state = 5) = (jti IS NOT NULL)),
    CHECK ((state = 5) = (used_at IS NOT NULL))
);
-- One open question to one thing, whoever asks at the same time.
CREATE UNIQUE INDEX approvals_open ON approvals (task_id, digest) WHERE state < 3;
CREATE INDEX approvals_xid ON approvals (xid, id);

CREATE TABLE approval_votes (
    approval_id  uuid NOT NULL REFERENCES approvals (id) ON DELETE CASCADE,
    approver     text NOT NULL,                                          -- the administrator's name in the catalog
    approves     boolean NOT NULL,
    reason       text NOT NULL,
    voted_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (approval_id, approver)
);
CREATE INDEX approval_votes_approver ON approval_votes (approver, voted_at);

-- What a token was approved by, for whoever asks the policies about its use. Null: nobody had to be asked.
ALTER TABLE tokens ADD COLUMN approval_id uuid;
