-- Lanes in trouble: who does not take what is owed to him, and when he is tried again.

-- A lane has a row from its first failed try to its next answer, and while it drains; in good times there is none, so a
-- delivery that goes well costs nothing here.
CREATE TABLE breaker (
    lane      text PRIMARY KEY,
    -- closed: some failed, all go on. open: none goes before `next_at`. half_open: one is under way, as the probe.
    -- draining: it answers again, and what waited goes out at a rate, the next one at `next_at`.
    state     text NOT NULL DEFAULT 'closed' CHECK (state IN ('closed', 'open', 'half_open', 'draining')),
    -- Failed tries in a row.
    failures  integer NOT NULL DEFAULT 1,
    -- The delivery that failed last.
    last      uuid NOT NULL,
    since     timestamptz NOT NULL,
    -- Probes that failed since it opened.
    probes    integer NOT NULL DEFAULT 0,
    next_at   timestamptz,
    detail    text NOT NULL DEFAULT '',
    CHECK (state = 'closed' OR next_at IS NOT NULL)
);

-- Tries made while the lane was open: they are not counted against the delivery.
ALTER TABLE delivery ADD COLUMN spared integer NOT NULL DEFAULT 0;
