-- The ledger: what came, what left, who answers for what, and the queue that is made of it.
--
-- Every id is a UUIDv7, so an id carries its time: the tables that grow without end (payload, attempt, history) are
-- partitioned by id, a month a partition, and are removed by dropping partitions. Deduplication keys live in small
-- tables of their own. There are no foreign keys between them: the gateway is the only writer, writes parents and children in
-- one transaction, and the checks cost a seventh of an order's CPU; the tests look for orphans after their kills.
-- Business time always comes from the gateway as a parameter; leases alone use this server's clock.

-- The smallest UUIDv7 of an instant: the lower bound of a partition.
CREATE FUNCTION id_floor(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid
$$;

-- A new UUIDv7 of an instant.
CREATE FUNCTION id_new(at timestamptz) RETURNS uuid LANGUAGE sql VOLATILE STRICT PARALLEL SAFE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0')
            || '7' || substr(r, 14, 3) || substr(r, 17)) ::uuid
    FROM (SELECT replace(gen_random_uuid()::text, '-', '') AS r) x
$$;

-- An instant as people and programs read it: RFC 3339, UTC, milliseconds.
CREATE FUNCTION instant(at timestamptz) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- ---------------------------------------------------------------- nodes and profiles

CREATE TABLE node (
    id          uuid PRIMARY KEY,
    -- Host and state directory: one living process holds its lock, so a newcomer may take over its predecessor's leases.
    home        text NOT NULL,
    version     text NOT NULL,
    pid         integer NOT NULL,
    started_at  timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL
);

-- Every accepted version of a partner's profile, by the hash of its text. Work names the version it ran under.
CREATE TABLE profile (
    hash        bytea PRIMARY KEY,
    partner     text NOT NULL,
    source      text NOT NULL,
    accepted_at timestamptz NOT NULL
);

CREATE TABLE profile_current (
    partner     text PRIMARY KEY,
    hash        bytea NOT NULL REFERENCES profile,
    accepted_at timestamptz NOT NULL
);

CREATE TABLE reload (
    id          uuid PRIMARY KEY,
    node        uuid NOT NULL,
    request     uuid,
    at          timestamptz NOT NULL,
    report      jsonb NOT NULL
);

-- ---------------------------------------------------------------- messages

CREATE SEQUENCE receipt;

CREATE TABLE message (
    id           uuid PRIMARY KEY,
    -- Order of receipt; deliveries of one order key follow it.
    position     bigint NOT NULL DEFAULT nextval('receipt'),
    direction    text NOT NULL CHECK (direction IN ('in', 'out')),
    state        text NOT NULL,
    reason       text,
    -- One sentence for a person: what is wrong, whose move it is.
    detail       text,
    -- The authenticated connection; the partner the content belongs to, once known.
    connection   text,
    partner      text,
    station      text,
    transport    text NOT NULL,
    remote       text,
    file_name    text,
    content_type text,
    size         bigint NOT NULL,
    sha256       bytea NOT NULL,
    profile      bytea,
    -- A person released it although its control number was seen before.
    accept_duplicate boolean NOT NULL DEFAULT false,
    received_at  timestamptz NOT NULL,
    finished_at  timestamptz,
    CHECK (direction = 'out' AND state IN ('queued', 'sent', 'cancelled')
        OR direction = 'in' AND state IN ('received', 'verified', 'framed', 'done', 'quarantined')),
    CHECK ((state = 'quarantined') = (reason IS NOT NULL)),
    CHECK (reason IN ('decrypt', 'signature', 'unknown_partner', 'sender_mismatch', 'unparseable', 'duplicate',
                      'too_large', 'poison'))
);
CREATE INDEX message_partner ON message (partner, id);
CREATE INDEX message_quarantined ON message (id) WHERE state = 'quarantined';

-- Bytes, compressed, in parts: of a message what came or left; of a transaction set the event for our systems.
CREATE TABLE payload (
    owner  uuid NOT NULL,
    part   integer NOT NULL,
    -- 0 as it is, 1 zstd
    codec  smallint NOT NULL CHECK (codec IN (0, 1)),
    size   integer NOT NULL,
    bytes  bytea NOT NULL,
    PRIMARY KEY (owner, part)
) PARTITION BY RANGE (owner);
ALTER TABLE payload ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE idempotency (
    scope       text NOT NULL,
    key         text NOT NULL,
    message_id  uuid NOT NULL,
    sha256      bytea NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (scope, key)
);

-- ---------------------------------------------------------------- what is in them

CREATE TABLE interchange (
    id             uuid PRIMARY KEY,
    message_id     uuid NOT NULL,
    ordinal        integer NOT NULL,
    standard       text NOT NULL CHECK (standard IN ('x12', 'edifact')),
    sender         text NOT NULL,
    receiver       text NOT NULL,
    control_number text NOT NULL,
    version        text NOT NULL,
    usage          text NOT NULL,
    state          text NOT NULL CHECK (state IN ('accepted', 'accepted_with_errors', 'rejected', 'duplicate', 'held')),
    note_code      text NOT NULL,
    findings       jsonb NOT NULL DEFAULT '[]',
    UNIQUE (message_id, ordinal)
);
CREATE INDEX interchange_number ON interchange (control_number);

CREATE TABLE transaction_set (
    id             uuid PRIMARY KEY,
    message_id     uuid NOT NULL,
    interchange_id uuid NOT NULL,
    -- Position among the sets of the message, from 1.
    ordinal        integer NOT NULL,
    group_number   text NOT NULL,
    functional_id  text NOT NULL,
    version        text NOT NULL,
    code           text NOT NULL,
    control_number text NOT NULL,
    partner        text NOT NULL,
    usage          text NOT NULL,
    state          text NOT NULL CHECK (state IN ('parsed', 'validated', 'translated', 'routed', 'done', 'rejected',
                                                  'held', 'failed', 'cancelled')),
    reason         text,
    -- Our answer at set level, AK501.
    answer         text CHECK (answer IN ('A', 'E', 'R')),
    document       text,
    number         text,
    findings       jsonb NOT NULL DEFAULT '[]',
    unmapped       integer NOT NULL DEFAULT 0,
    thread_id      uuid NOT NULL,
    open_deliveries integer NOT NULL DEFAULT 0 CHECK (open_deliveries >= 0),
    received_at    timestamptz NOT NULL,
    finished_at    timestamptz,
    UNIQUE (message_id, ordinal),
    CHECK (state NOT IN ('held', 'failed') OR reason IS NOT NULL)
);
CREATE INDEX transaction_set_number ON transaction_set (number);
CREATE INDEX transaction_set_thread ON transaction_set (thread_id);
CREATE INDEX transaction_set_open ON transaction_set (id) WHERE state NOT IN ('done', 'cancelled');

-- One row an order's thread: all documents of one partner and number share it.
CREATE TABLE document_seen (
    partner  text NOT NULL,
    document text NOT NULL,
    number   text NOT NULL,
    set_id   uuid NOT NULL,
    at       timestamptz NOT NULL,
    PRIMARY KEY (partner, document, number)
);

CREATE TABLE interchange_seen (
    station        text NOT NULL,
    standard       text NOT NULL,
    sender         text NOT NULL,
    receiver       text NOT NULL,
    control_number text NOT NULL,
    usage          text NOT NULL,
    message_id     uuid NOT NULL,
    interchange_id uuid NOT NULL,
    sha256         bytea NOT NULL,
    at             timestamptz NOT NULL,
    PRIMARY KEY (station, standard, sender, receiver, control_number, usage)
);

-- ---------------------------------------------------------------- obligations

-- A document owed to one of our endpoints (set_id), or a message owed to a partner (message_id). Its id is the stable
-- id the receiver sees.
CREATE TABLE delivery (
    id          uuid PRIMARY KEY,
    set_id      uuid,
    message_id  uuid,
    target_kind text NOT NULL CHECK (target_kind IN ('endpoint', 'partner')),
    target      text NOT NULL,
    state       text NOT NULL CHECK (state IN ('queued', 'delivering', 'delivered', 'deferred', 'uncertain', 'dead',
                                               'held', 'cancelled')),
    -- How a partner gets it: post, directory, outbox.
    way         text NOT NULL CHECK (way IN ('http', 'directory', 'post', 'outbox')),
    tries       integer NOT NULL DEFAULT 0,
    next_try_at timestamptz,
    status      integer,
    detail      text,
    created_at  timestamptz NOT NULL,
    -- Outbox only: the partner has read it to its end, and may confirm it.
    read_at     timestamptz,
    finished_at timestamptz,
    CHECK ((set_id IS NULL) <> (message_id IS NULL)),
    CHECK ((target_kind = 'endpoint') = (set_id IS NOT NULL)),
    CHECK ((state IN ('delivered', 'cancelled')) = (finished_at IS NOT NULL))
);
CREATE INDEX delivery_set ON delivery (set_id) WHERE set_id IS NOT NULL;
CREATE INDEX delivery_message ON delivery (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX delivery_open ON delivery (target, state) WHERE state NOT IN ('delivered', 'cancelled');
CREATE INDEX delivery_outbox ON delivery (target, id) WHERE way = 'outbox' AND state = 'queued';

-- One try; its row commits before the first byte leaves.
CREATE TABLE attempt (
    id          uuid NOT NULL,
    delivery_id uuid NOT NULL,
    number      integer NOT NULL,
    epoch       bigint NOT NULL,
    node        uuid NOT NULL,
    started_at  timestamptz NOT NULL,
    finished_at timestamptz,
    outcome     text CHECK (outcome IN ('delivered', 'deferred', 'uncertain', 'refused')),
    status      integer,
    detail      text,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX attempt_delivery ON attempt (delivery_id);

CREATE TABLE acknowledgement (
    id             uuid PRIMARY KEY,
    direction      text NOT NULL CHECK (direction IN ('owed', 'expected')),
    kind           text NOT NULL CHECK (kind IN ('TA1', '997', '999', 'CONTRL', '824', 'APERAK', 'MDN', '855', '856', '810')),
    state          text NOT NULL,
    -- What is answered.
    interchange_id uuid,
    group_number   text,
    code           text,
    -- The message that carries the answer.
    message_id     uuid,
    due_at         timestamptz,
    at             timestamptz NOT NULL,
    CHECK (direction = 'owed' AND state IN ('owed', 'generated', 'sent', 'waived')
        OR direction = 'expected' AND state IN ('expected', 'received', 'accepted', 'accepted_with_errors', 'partial',
            'rejected', 'overdue', 'late_accepted', 'late_accepted_with_errors', 'late_partial', 'late_rejected', 'waived'))
);
CREATE INDEX acknowledgement_interchange ON acknowledgement (interchange_id);
CREATE INDEX acknowledgement_message ON acknowledgement (message_id);
CREATE INDEX acknowledgement_open ON acknowledgement (state) WHERE state IN ('owed', 'generated', 'expected', 'overdue');

-- Numbers of what we send, one row an identity pair; the row's lock makes them unique across gateways.
CREATE TABLE control_number (
    kind     text NOT NULL CHECK (kind IN ('interchange', 'group')),
    sender   text NOT NULL,
    receiver text NOT NULL,
    last     bigint NOT NULL CHECK (last BETWEEN 0 AND 999999999),
    PRIMARY KEY (kind, sender, receiver)
);

-- ---------------------------------------------------------------- the queue

CREATE TABLE lane (
    name    text PRIMARY KEY,
    -- Jobs in flight at once, over all nodes.
    cap     integer NOT NULL CHECK (cap > 0),
    paused  boolean NOT NULL DEFAULT false
);

-- Unfinished work only: a finished job's row is deleted in the transaction that writes its result.
CREATE TABLE job (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lane        text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('process', 'deliver', 'mail')),
    subject     uuid NOT NULL,
    -- Jobs of one lane and key run one after another, by position. NULL: in any order.
    order_key   text,
    -- The connection it came by: with an order key, it waits for that connection's earlier unprocessed messages.
    partner     text,
    position    bigint NOT NULL,
    -- parked: waits for a person, and blocks its key until released or skipped.
    state       text NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'parked')),
    run_at      timestamptz NOT NULL,
    tries       integer NOT NULL DEFAULT 0,
    -- Times it was worked alone, as a suspect, without coming to its end.
    strikes     integer NOT NULL DEFAULT 0,
    -- Grows with each claim; a worker that slept past its lease is refused at completion.
    epoch       bigint NOT NULL DEFAULT 0,
    UNIQUE (kind, subject)
);
CREATE INDEX job_ready ON job (lane, position, id) WHERE state = 'ready';
CREATE INDEX job_order ON job (lane, order_key, position) WHERE order_key IS NOT NULL;
CREATE INDEX job_process ON job (partner, position) WHERE kind = 'process';
-- No index names a column that a claim changes, so a claim stays in the row's page.
ALTER TABLE job SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 1000);

-- Who works on what, and until when, by this server's clock. Small: one row a job in flight.
CREATE TABLE lease (
    job    bigint PRIMARY KEY,
    lane   text NOT NULL,
    epoch  bigint NOT NULL,
    node   uuid NOT NULL,
    until  timestamptz NOT NULL
);
CREATE INDEX lease_lane ON lease (lane);
ALTER TABLE lease SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 1000);

-- ---------------------------------------------------------------- alerts and mail

CREATE TABLE alert (
    id         uuid PRIMARY KEY,
    -- Equal causes are one alert: endpoint:erp, set:rejected:acme-retail:850.
    cause      text NOT NULL,
    state      text NOT NULL CHECK (state IN ('open', 'closed')),
    -- Who must act: partner, us, endpoint.
    move       text NOT NULL CHECK (move IN ('partner', 'us', 'endpoint')),
    partner    text,
    title      text NOT NULL,
    detail     text NOT NULL,
    subject    uuid,
    count      integer NOT NULL DEFAULT 1,
    first_at   timestamptz NOT NULL,
    last_at    timestamptz NOT NULL,
    closed_at  timestamptz,
    CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE UNIQUE INDEX alert_open ON alert (cause) WHERE state = 'open';

CREATE TABLE mail (
    id         uuid PRIMARY KEY,
    alert_id   uuid NOT NULL REFERENCES alert,
    kind       text NOT NULL CHECK (kind IN ('raised', 'recovered')),
    state      text NOT NULL CHECK (state IN ('queued', 'sent', 'dead')),
    tries      integer NOT NULL DEFAULT 0,
    detail     text,
    created_at timestamptz NOT NULL,
    sent_at    timestamptz
);
CREATE INDEX mail_alert ON mail (alert_id);

-- ---------------------------------------------------------------- history, append-only

CREATE TABLE history (
    id        uuid NOT NULL,
    -- The message, transaction set or delivery it happened to.
    subject   uuid NOT NULL,
    at        timestamptz NOT NULL,
    event     text NOT NULL,
    detail    jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX history_subject ON history (subject);

CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER history_append_only BEFORE UPDATE OR DELETE ON history
    FOR EACH ROW EXECUTE FUNCTION history_is_append_only();

-- ---------------------------------------------------------------- partitions

CREATE TABLE payload_rest PARTITION OF payload DEFAULT;
CREATE TABLE attempt_rest PARTITION OF attempt DEFAULT;
CREATE TABLE history_rest PARTITION OF history DEFAULT;

-- Makes the partitions of `months` months from the month of `start` on. Safe to call again and from several nodes.
CREATE FUNCTION make_partitions(start timestamptz, months integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    parent text;
    low timestamptz;
    name text;
BEGIN
    PERFORM pg_advisory_xact_lock(7061727469);
    FOR i IN 0..months - 1 LOOP
        low := (date_trunc('month', start AT TIME ZONE 'UTC') + make_interval(months => i)) AT TIME ZONE 'UTC';
        FOREACH parent IN ARRAY ARRAY['payload', 'attempt', 'history'] LOOP
            name := format('%s_%s', parent, to_char(low AT TIME ZONE 'UTC', 'YYYYMM'));
            IF to_regclass(name) IS NULL THEN
                EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', name, parent,
                    id_floor(low), id_floor((low AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC'));
            END IF;
        END LOOP;
    END LOOP;
END $$;
