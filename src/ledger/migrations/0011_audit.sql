-- Who changed what, through what, and why: one row a change, written in the transaction of the change, never altered.

CREATE TABLE audit (
    id       uuid NOT NULL,
    at       timestamptz NOT NULL,
    -- A person's account, a client's or endpoint's name, a gateway's host.
    actor    text NOT NULL CHECK (actor <> ''),
    through  text NOT NULL CHECK (through IN ('command', 'api', 'directory', 'start', 'reload')),
    -- The host and the accounts of a command, a client's address.
    whence   jsonb NOT NULL DEFAULT '{}',
    verb     text NOT NULL,
    -- What was changed, and which.
    kind     text NOT NULL CHECK (kind IN ('document', 'message', 'acknowledgement', 'partner', 'endpoint', 'station', 'gateway')),
    subject  text NOT NULL,
    -- Whose business it is.
    partner  text,
    reason   text,
    -- Before and after, where that is short.
    detail   jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX audit_subject ON audit (subject, id);

CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

CREATE TABLE audit_rest PARTITION OF audit DEFAULT;

CREATE OR REPLACE FUNCTION make_partitions(start timestamptz, months integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    parent text;
    low timestamptz;
    name text;
BEGIN
    PERFORM pg_advisory_xact_lock(7061727469);
    FOR i IN 0..months - 1 LOOP
        low := (date_trunc('month', start AT TIME ZONE 'UTC') + make_interval(months => i)) AT TIME ZONE 'UTC';
        FOREACH parent IN ARRAY ARRAY['payload', 'attempt', 'history', 'as2', 'audit'] LOOP
            name := format('%s_%s', parent, to_char(low AT TIME ZONE 'UTC', 'YYYYMM'));
            IF to_regclass(name) IS NULL THEN
                EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', name, parent,
                    id_floor(low), id_floor((low AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC'));
            END IF;
        END LOOP;
    END LOOP;
END $$;

-- Of a rejection: when a gateway tells the partner, unless that was done by then. NULL: there is nothing to tell any more.
ALTER TABLE result ADD COLUMN tell_at timestamptz;
CREATE INDEX result_untold ON result (tell_at) WHERE tell_at IS NOT NULL;
