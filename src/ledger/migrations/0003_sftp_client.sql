-- Polling partners' SFTP servers: whose turn it is, and what lies there.

-- One row a partner. Whoever holds the lease polls, alone; the epoch fences one that slept past it.
CREATE TABLE poll (
    partner   text PRIMARY KEY,
    -- The version of the profile that was last seen: a new one is polled at once.
    profile   bytea NOT NULL,
    next_at   timestamptz NOT NULL,
    epoch     bigint NOT NULL DEFAULT 0,
    node      uuid,
    -- On the database's clock.
    until     timestamptz,
    -- In a row.
    failures  integer NOT NULL DEFAULT 0,
    last_at   timestamptz,
    -- What the last poll did, or why it failed.
    detail    text NOT NULL DEFAULT ''
);

-- What was seen on a server and is, or was of late, there.
CREATE TABLE poll_file (
    partner   text NOT NULL,
    -- Host, port and path.
    path      text NOT NULL,
    size      bigint NOT NULL,
    mtime     bigint NOT NULL,
    -- watched: not yet complete; taken: committed, and still there; refused: told, and left alone.
    state     text NOT NULL CHECK (state IN ('watched', 'taken', 'refused')),
    -- Since when it is of this size, time and state.
    since     timestamptz NOT NULL,
    -- When it was last in a listing, to the hour.
    seen_at   timestamptz NOT NULL,
    -- The limit that it was too large for.
    size_limit bigint,
    PRIMARY KEY (partner, path)
);
