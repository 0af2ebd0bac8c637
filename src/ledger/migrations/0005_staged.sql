-- Payloads whose first parts are stored while the rest of the file still comes. The owner is the message's id to be; accepting it
-- removes the row, and what nobody accepts is swept by age. An older binary knows nothing of it, and leaves it alone.
CREATE TABLE staged (
    owner  uuid PRIMARY KEY,
    -- How many parts, from the first on, are in `payload`.
    parts  integer NOT NULL,
    at     timestamptz NOT NULL
);
