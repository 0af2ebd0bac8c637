-- AS2: what the transport knows of a message beside its content, the receipts (MDN) both ways, and what came along.

-- One row a message that came or leaves by AS2. Ids carry their time, so it is partitioned like what it belongs to.
CREATE TABLE as2 (
    message_id     uuid PRIMARY KEY,
    direction      text NOT NULL CHECK (direction IN ('in', 'out')),
    as2_from       text NOT NULL,
    as2_to         text NOT NULL,
    -- The Message-ID, byte for byte, with its brackets.
    exchange       text NOT NULL,
    -- How it was packed, by whom it was signed, what was noted.
    facts          jsonb NOT NULL DEFAULT '{}',
    -- `sha-256` and the value in base64.
    mic_digest     text,
    mic            text,
    -- The receipt: what we were asked for (in), what we ask for (out).
    mdn            text NOT NULL CHECK (mdn IN ('none', 'sync', 'async')),
    -- What we answered (in).
    disposition    text,
    receipt_fields jsonb,
    receipt        bytea,
    -- The message that carries the receipt, where it was wanted later (in).
    receipt_id     uuid,
    -- What came, as it came, while it is small (in).
    raw            bytea,
    -- The header fields beside the frozen bytes; these are the payload of `sealed` (out).
    sealed_fields  jsonb,
    sealed         uuid,
    sealed_size    bigint,
    resends        integer NOT NULL DEFAULT 0,
    at             timestamptz NOT NULL
) PARTITION BY RANGE (message_id);
CREATE INDEX as2_receipt_id ON as2 (receipt_id) WHERE receipt_id IS NOT NULL;
CREATE TABLE as2_rest PARTITION OF as2 DEFAULT;

-- The Message-IDs under which a message of ours left: one, or a new one with each repetition for those who want that.
CREATE TABLE as2_sent (
    exchange    text NOT NULL,
    message_id  uuid NOT NULL,
    PRIMARY KEY (exchange, message_id)
);

-- Every receipt that came, also the late, the repeated and those for nothing of ours. Its bytes are the payload of its id.
CREATE TABLE as2_receipt (
    id          uuid PRIMARY KEY,
    as2_from    text NOT NULL,
    as2_to      text NOT NULL,
    -- Original-Message-ID
    exchange    text NOT NULL,
    message_id  uuid,
    verdict     text NOT NULL CHECK (verdict IN ('accepted', 'accepted_with_errors', 'rejected')),
    side        text CHECK (side IN ('late', 'duplicate', 'orphan')),
    signed      boolean NOT NULL,
    disposition text NOT NULL,
    detail      text NOT NULL,
    at          timestamptz NOT NULL
);
CREATE INDEX as2_receipt_message ON as2_receipt (message_id);

-- What came beside the EDI in one message (RFC 6362). Its bytes are the payload of its id.
CREATE TABLE attachment (
    id           uuid PRIMARY KEY,
    message_id   uuid NOT NULL,
    ordinal      integer NOT NULL,
    file_name    text,
    content_type text,
    size         bigint NOT NULL,
    sha256       bytea NOT NULL,
    UNIQUE (message_id, ordinal)
);

ALTER TABLE delivery DROP CONSTRAINT delivery_way_check;
ALTER TABLE delivery ADD CONSTRAINT delivery_way_check
    CHECK (way IN ('http', 'directory', 'post', 'outbox', 'as2', 'receipt')) NOT VALID;

-- Of what is expected: the message of ours that is to be answered.
ALTER TABLE acknowledgement ADD COLUMN answers uuid;
ALTER TABLE acknowledgement ADD COLUMN detail text;
CREATE INDEX acknowledgement_answers ON acknowledgement (answers) WHERE answers IS NOT NULL;
CREATE INDEX acknowledgement_due ON acknowledgement (due_at) WHERE state = 'expected' AND due_at IS NOT NULL;

CREATE OR REPLACE FUNCTION make_partitions(start timestamptz, months integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    parent text;
    low timestamptz;
    name text;
BEGIN
    PERFORM pg_advisory_xact_lock(7061727469);
    FOR i IN 0..months - 1 LOOP
        low := (date_trunc('month', start AT TIME ZONE 'UTC') + make_interval(months => i)) AT TIME ZONE 'UTC';
        FOREACH parent IN ARRAY ARRAY['payload', 'attempt', 'history', 'as2'] LOOP
            name := format('%s_%s', parent, to_char(low AT TIME ZONE 'UTC', 'YYYYMM'));
            IF to_regclass(name) IS NULL THEN
                EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', name, parent,
                    id_floor(low), id_floor((low AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC'));
            END IF;
        END LOOP;
    END LOOP;
END $$;
