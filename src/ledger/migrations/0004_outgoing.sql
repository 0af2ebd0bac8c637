-- Our own documents: what our systems hand over, the interchanges that they leave in, and who owes us an answer to them.

-- A document of ours is a transaction set that goes out. Its message is the one it was handed over in (transport `api`, and others of
-- ours), its interchange the one it leaves in: none while it waits for others to leave with.
ALTER TABLE transaction_set ADD COLUMN direction text NOT NULL DEFAULT 'in';
ALTER TABLE transaction_set ADD CONSTRAINT transaction_set_direction CHECK (direction IN ('in', 'out')) NOT VALID;
ALTER TABLE transaction_set ALTER COLUMN interchange_id DROP NOT NULL;
-- Who of ours handed it over; under which of our names it goes.
ALTER TABLE transaction_set ADD COLUMN source text;
ALTER TABLE transaction_set ADD COLUMN station text;
-- When it leaves at the latest, while it waits.
ALTER TABLE transaction_set ADD COLUMN leaves_at timestamptz;
CREATE INDEX transaction_set_sent ON transaction_set (interchange_id) WHERE direction = 'out';
CREATE INDEX transaction_set_sent_group ON transaction_set (partner, group_number) WHERE direction = 'out';
CREATE INDEX transaction_set_waiting ON transaction_set (partner, leaves_at) WHERE direction = 'out' AND state = 'translated';

-- Kinds are set codes now: 997, CONTRL, but also 855, ORDRSP, whatever a profile expects in answer.
ALTER TABLE acknowledgement DROP CONSTRAINT acknowledgement_kind_check;
ALTER TABLE acknowledgement ADD CONSTRAINT acknowledgement_kind_check CHECK (kind ~ '^[A-Z0-9]{3,6}$') NOT VALID;
-- Of what is expected: the document of ours that is to be answered, and the time for it, in seconds from when it was handed over.
ALTER TABLE acknowledgement ADD COLUMN set_id uuid;
ALTER TABLE acknowledgement ADD COLUMN due_in bigint;
CREATE INDEX acknowledgement_set ON acknowledgement (set_id) WHERE set_id IS NOT NULL;

ALTER TABLE interchange DROP CONSTRAINT interchange_state_check;
ALTER TABLE interchange ADD CONSTRAINT interchange_state_check
    CHECK (state IN ('accepted', 'accepted_with_errors', 'rejected', 'duplicate', 'held', 'ours')) NOT VALID;

-- Every answer of a partner to a document of ours, also the late, the repeated and those for nothing of ours.
CREATE TABLE answer (
    id          uuid PRIMARY KEY,
    partner     text NOT NULL,
    -- Its own set: 997, TA1, CONTRL, 855.
    kind        text NOT NULL,
    -- What it answers, where that is ours.
    set_id      uuid,
    -- The message that it came in.
    message_id  uuid NOT NULL,
    verdict     text NOT NULL CHECK (verdict IN ('received', 'accepted', 'accepted_with_errors', 'partial', 'rejected', 'open')),
    side        text CHECK (side IN ('late', 'duplicate', 'orphan')),
    detail      text,
    at          timestamptz NOT NULL
);
CREATE INDEX answer_set ON answer (set_id) WHERE set_id IS NOT NULL;
CREATE INDEX answer_message ON answer (message_id);
-- How often what is answered was sent again for want of the answer.
ALTER TABLE acknowledgement ADD COLUMN repeats integer NOT NULL DEFAULT 0;
