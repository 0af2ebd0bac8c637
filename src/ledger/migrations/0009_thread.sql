-- An order's thread: all documents about one order, in both directions and with all partners. And what a person has sent anew.

-- A set's own thread_id is the thread of the first order it names. These are the further ones.
CREATE TABLE thread_member (
    thread_id  uuid NOT NULL,
    set_id     uuid NOT NULL,
    PRIMARY KEY (thread_id, set_id)
);
CREATE VIEW thread_set AS
    SELECT thread_id, id AS set_id FROM transaction_set
    UNION ALL SELECT thread_id, set_id FROM thread_member;

-- What went to or came from a third party (a warehouse, a carrier) about an order that nobody has placed yet: the order takes it into
-- its thread when it comes.
CREATE TABLE thread_open (
    number     text NOT NULL,
    set_id     uuid NOT NULL,
    -- The thread that it is in meanwhile.
    thread_id  uuid NOT NULL,
    PRIMARY KEY (number, set_id)
);

-- The document that this one was made from anew, by a later profile; the first has none.
ALTER TABLE transaction_set ADD COLUMN revises uuid;
ALTER TABLE transaction_set ADD COLUMN revision integer NOT NULL DEFAULT 0;
ALTER TABLE transaction_set DROP CONSTRAINT transaction_set_message_id_ordinal_key;
ALTER TABLE transaction_set ADD CONSTRAINT transaction_set_place UNIQUE (message_id, ordinal, revision);
-- The interchange of ours whose place this one takes, under new control numbers.
ALTER TABLE interchange ADD COLUMN reissues uuid;
