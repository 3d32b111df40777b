-- The first shape of the broker's state. Liveness lives only in tasks: a token is valid while its task is, so ending a task
-- never has to find its tokens. Time-ordered tables are range-partitioned so that retention is dropping a partition; the
-- partitions themselves are made ahead and dropped behind by a job. Identifiers are UUID version 7 unless said otherwise.

-- Which of these files made this schema, byte for byte: a file that was changed after it was applied is refused.
CREATE TABLE schema_files (
    id          text PRIMARY KEY,
    digest      bytea NOT NULL CHECK (octet_length(digest) = 32),
    applied_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE catalog_versions (
    version     integer PRIMARY KEY CHECK (version > 0),
    digest      bytea NOT NULL CHECK (octet_length(digest) = 32),
    files       jsonb NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    applied_by  text NOT NULL
);

-- One row. Version 0 is the empty catalog, which allows nothing.
CREATE TABLE catalog_head (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    version     integer NOT NULL DEFAULT 0
);
INSERT INTO catalog_head DEFAULT VALUES;

CREATE TABLE tasks (
    id                 uuid PRIMARY KEY,
    root_id            uuid NOT NULL,
    parent_id          uuid CHECK (parent_id < id),
    ancestors          uuid[] NOT NULL DEFAULT '{}',          -- root first, parent last
    workload           text NOT NULL,                         -- SPIFFE ID
    initiator          text NOT NULL,
    intent             text NOT NULL,
    prompt_fragment    text,
    envelope           jsonb NOT NULL,
    catalog_version    integer NOT NULL,
    state              smallint NOT NULL CHECK (state IN (0, 1, 2)),   -- 0 waiting for its workload, 1 active, 2 ended
    created_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    deadline           timestamptz NOT NULL,
    heartbeat_interval interval,
    heartbeat_due      timestamptz NOT NULL DEFAULT 'infinity',
    history            text[] NOT NULL DEFAULT '{}',          -- of the whole tree: read and written on the root's row only
    history_version    integer NOT NULL DEFAULT 0,
    budget             integer NOT NULL CHECK (budget >= 0),
    spent              integer NOT NULL DEFAULT 0 CHECK (spent <= budget),
    ended_at           timestamptz,
    end_cause          smallint,
    end_summary        text,
    CHECK ((state = 2) = (ended_at IS NOT NULL)),
    CHECK ((state = 2) = (end_cause IS NOT NULL)),
    CHECK ((parent_id IS NULL) = (root_id = id)),
    CHECK ((parent_id IS NULL) = (cardinality(ancestors) = 0))
) WITH (fillfactor = 75);                                     -- room for HOT updates of spent
CREATE INDEX tasks_live_root      ON tasks (root_id) WHERE state < 2;
CREATE INDEX tasks_live_deadline  ON tasks (deadline) WHERE state < 2;
CREATE INDEX tasks_live_heartbeat ON tasks (heartbeat_due) WHERE state < 2 AND heartbeat_due < 'infinity';
CREATE INDEX tasks_live_workload  ON tasks (workload) WHERE state < 2;

-- jti: UUID version 8: the 48 bits of time of its task's id, the rest SHA-256(task_id || request_id). So the primary key is
-- the idempotency key of Mint across partitions, and the tokens of one task are one range of it: no index on task_id.
CREATE TABLE tokens (
    jti              uuid NOT NULL,
    task_id          uuid NOT NULL,
    tool             text NOT NULL,
    action           text NOT NULL,
    resource         text NOT NULL,
    parameters       jsonb NOT NULL,
    audience         text NOT NULL,
    cnf              text,                                    -- "jkt:…" (RFC 9449), "x5t#S256:…" (RFC 8705); null: bearer
    kid              text NOT NULL,
    issued_at        timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    revoked_at       timestamptz,
    revoke_cause     text,
    uses_left        integer CHECK (uses_left >= 0),          -- null: not counted
    decision_id      uuid NOT NULL,
    ask_digest       bytea NOT NULL CHECK (octet_length(ask_digest) = 32),
    token_hash       bytea NOT NULL CHECK (octet_length(token_hash) = 32),   -- SHA-256 of the token as it left: never the token
    decided_history  integer NOT NULL,
    decided_catalog  integer NOT NULL,
    PRIMARY KEY (jti)
) PARTITION BY RANGE (jti);

-- The feed: what stopped being valid, when and why. Readers follow (xid, id) up to the snapshot horizon, never id alone.
CREATE TABLE revocations (
    id          uuid NOT NULL,
    xid         xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind        smallint NOT NULL,                            -- 1 task tree, 2 token, 3 workload, 4 tool, 5 initiator, 6 key, 7 everything
    subject     text NOT NULL,
    audience    text,                                         -- of a token; null: concerns every audience
    cause       text NOT NULL,
    revoked_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX revocations_xid ON revocations (xid, id);

-- payload is kept as text (json, not jsonb): leaf_hash is SHA-256(0x00 || payload), RFC 6962 section 2.1, over exactly these bytes.
CREATE TABLE audit_entries (
    id           uuid NOT NULL,
    xid          xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind         smallint NOT NULL,
    task_id      uuid,
    decision_id  uuid,
    payload      json NOT NULL,
    leaf_hash    bytea NOT NULL CHECK (octet_length(leaf_hash) = 32),
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX audit_entries_xid ON audit_entries (xid);

-- Public halves only, published before first use and kept until the last token they signed is dead.
CREATE TABLE signing_keys (
    kid         text PRIMARY KEY,
    replica_id  uuid NOT NULL,
    jwk         json NOT NULL,
    not_before  timestamptz NOT NULL,                         -- first use
    not_after   timestamptz NOT NULL,                         -- last use for signing
    expires_at  timestamptz NOT NULL                          -- nothing signed by it is alive any more
);
CREATE INDEX signing_keys_expires ON signing_keys (expires_at);

CREATE TABLE replicas (
    id            uuid PRIMARY KEY,
    started_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    heartbeat_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    host          text NOT NULL,
    version       text NOT NULL
);

CREATE TABLE join_tokens (
    secret_hash  bytea PRIMARY KEY CHECK (octet_length(secret_hash) = 32),
    workload     text NOT NULL,
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at   timestamptz NOT NULL,
    consumed_at  timestamptz
);
CREATE INDEX join_tokens_expires ON join_tokens (expires_at);

-- Answers to mutating requests by the caller's request id (Mint aside, whose jti is its own): a retry gets the first answer.
CREATE TABLE requests (
    caller      text NOT NULL,
    request_id  uuid NOT NULL,
    rpc         text NOT NULL,
    digest      bytea NOT NULL CHECK (octet_length(digest) = 32),
    response    bytea NOT NULL,
    answered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (caller, request_id)
);
CREATE INDEX requests_answered ON requests (answered_at);

-- The lowest UUID version 7 of a moment: partition bounds, and the range of a task's tokens.
CREATE FUNCTION uuid_floor(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT (lpad(to_hex(floor(extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid $$;
