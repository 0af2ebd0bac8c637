-- Events that one of our systems fetches, and what our systems say of a document that they received.

ALTER TABLE delivery DROP CONSTRAINT delivery_way_check;
ALTER TABLE delivery ADD CONSTRAINT delivery_way_check
    CHECK (way IN ('http', 'directory', 'post', 'outbox', 'as2', 'receipt', 'sftp', 'events')) NOT VALID;

-- The position among the events of its endpoint, from 1. Given after the commit that made the event, by one at a time: whoever has read
-- up to a position has missed nothing before it. A redelivery gets a new one, at the end.
-- (Not called position: statements of older gateways, which may run beside, take that name from the job.)
ALTER TABLE delivery ADD COLUMN place bigint;
CREATE UNIQUE INDEX delivery_place ON delivery (target, place) WHERE way = 'events' AND place IS NOT NULL;
CREATE INDEX delivery_unnumbered ON delivery (target) WHERE way = 'events' AND place IS NULL;

-- The last position given, one row an endpoint. Its lock makes the numbering one's alone, over all gateways.
CREATE TABLE event_position (
    endpoint text PRIMARY KEY,
    last     bigint NOT NULL
);

-- The verdict of one of our systems on a document that it received.
CREATE TABLE result (
    set_id      uuid PRIMARY KEY,
    accepted    boolean NOT NULL,
    -- Our system's own number for it.
    number      text,
    reason      text,
    errors      jsonb NOT NULL DEFAULT '[]',
    -- Who said it, under which key.
    client      text NOT NULL,
    key         text NOT NULL,
    -- The document of ours that tells the partner of a rejection, and what it is: 824, 855, APERAK, ORDRSP.
    answer      uuid,
    answer_code text,
    at          timestamptz NOT NULL,
    CHECK (accepted OR reason IS NOT NULL)
);
