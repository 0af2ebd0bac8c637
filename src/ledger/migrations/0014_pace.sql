-- How quickly a lane may go: its rate, and what the other side asked for.

-- The turn that a lane with a rate took last, as if each had come at its time; a lane without one has none.
ALTER TABLE lane ADD COLUMN paced_at timestamptz;
-- The other side asked not to be tried before (429 or 503 with Retry-After).
ALTER TABLE lane ADD COLUMN silent_until timestamptz;
