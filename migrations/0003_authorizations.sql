-- The uses of tokens that backends were allowed: at once the record of them and what makes a repeated request take no second one.

-- id: UUID version 8: the 48 bits of time of its token's id, the rest SHA-256(jti || request_id || backend). So the primary key is the
-- idempotency key across partitions, and a use lies in the partition that its token lies in, and is dropped with it.
CREATE TABLE authorizations (
    id               uuid NOT NULL,
    jti              uuid NOT NULL,
    ask_digest       bytea NOT NULL CHECK (octet_length(ask_digest) = 32),
    decision_id      uuid NOT NULL,
    obligations      jsonb NOT NULL,                          -- an array of texts
    decided_history  integer NOT NULL,
    decided_catalog  integer NOT NULL,
    authorized_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);

-- Tokens that are alive now lie in partitions of days that are over, for which nobody will make partitions any more.
DO $$
DECLARE
    partition record;
BEGIN
    FOR partition IN
        SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) AS bound
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'tokens'::regclass
    LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF authorizations %s', replace(partition.relname, 'tokens_', 'authorizations_'), partition.bound);
    END LOOP;
END $$;
