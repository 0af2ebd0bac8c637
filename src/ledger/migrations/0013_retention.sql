-- Retention: what is removed by age, what stays because it is still owed, and what was removed.

-- The months whose class was removed, and when; `run` is the last round. What is still owed of such a month is in its partition.
CREATE TABLE removed (
    class       text NOT NULL,
    -- YYYYMM; of `run` empty.
    month       text NOT NULL,
    removed_at  timestamptz NOT NULL,
    PRIMARY KEY (class, month)
);

-- Test documents go early, and must not be looked for among all the others.
CREATE INDEX interchange_not_live ON interchange (message_id) WHERE usage <> 'P';
CREATE INDEX transaction_set_not_live ON transaction_set (message_id) WHERE usage <> 'P';
CREATE INDEX as2_sent_message ON as2_sent (message_id);

ALTER TABLE audit DROP CONSTRAINT audit_through_check;
ALTER TABLE audit ADD CONSTRAINT audit_through_check
    CHECK (through IN ('command', 'api', 'directory', 'start', 'reload', 'retention')) NOT VALID;

-- The messages before an id that must stay whatever their age, and why. It begins with what is open, which is little, and goes from there
-- to the messages that it came or leaves in, and to all of its thread.
CREATE FUNCTION still_owed(before uuid) RETURNS TABLE (message uuid, why text) LANGUAGE sql STABLE AS $$
WITH waited AS (
    SELECT a.interchange_id, a.message_id, a.answers, a.set_id FROM acknowledgement a
    WHERE a.state IN ('owed', 'generated', 'expected', 'overdue')
), first (id, rank, why) AS (
    SELECT j.subject, 1, 'it is not worked yet' FROM job j WHERE j.kind = 'process'
    UNION ALL SELECT m.id, 1, 'it is ' || m.state FROM message m
        WHERE m.id < before AND m.state IN ('received', 'verified', 'framed', 'queued')
    UNION ALL SELECT i.message_id, 1, 'an interchange is held' FROM interchange i WHERE i.message_id < before AND i.state = 'held'
    UNION ALL SELECT d.message_id, 1, 'its delivery to ' || d.target || ' is ' || d.state FROM delivery d
        WHERE d.message_id IS NOT NULL AND d.state NOT IN ('delivered', 'cancelled')
    UNION ALL SELECT s.message_id, 1, 'a delivery to ' || d.target || ' is ' || d.state
        FROM delivery d JOIN transaction_set s ON s.id = d.set_id WHERE d.state NOT IN ('delivered', 'cancelled')
    UNION ALL SELECT s.message_id, 2, 'document ' || coalesce(s.number, s.code) || ' is ' || s.state FROM transaction_set s
        WHERE s.state NOT IN ('done', 'cancelled') AND s.state <> 'rejected'
    UNION ALL SELECT w.message_id, 3, 'an answer is open' FROM waited w WHERE w.message_id IS NOT NULL
    UNION ALL SELECT w.answers, 3, 'an answer is open' FROM waited w WHERE w.answers IS NOT NULL
    UNION ALL SELECT i.message_id, 3, 'an answer is open' FROM waited w JOIN interchange i ON i.id = w.interchange_id
    UNION ALL SELECT s.message_id, 3, 'an answer is open' FROM waited w JOIN transaction_set s ON s.id = w.set_id
    UNION ALL SELECT s.message_id, 3, 'its rejection is to be told' FROM result r JOIN transaction_set s ON s.id = r.set_id
        WHERE r.tell_at IS NOT NULL
), sets AS (
    SELECT s.id FROM first f JOIN transaction_set s ON s.message_id = f.id
    UNION SELECT s.id FROM first f JOIN interchange i ON i.message_id = f.id JOIN transaction_set s ON s.interchange_id = i.id
), thread AS (
    SELECT DISTINCT t.thread_id FROM sets JOIN thread_set t ON t.set_id = sets.id
), further AS (
    SELECT t.set_id FROM thread JOIN thread_set t USING (thread_id)
), beside (id, rank, why) AS (
    SELECT s.message_id, 4, 'its thread has open parts' FROM further f JOIN transaction_set s ON s.id = f.set_id
    UNION ALL SELECT i.message_id, 4, 'its thread has open parts' FROM further f JOIN transaction_set s ON s.id = f.set_id
        JOIN interchange i ON i.id = s.interchange_id
    UNION ALL SELECT w.message_id, 4, 'its thread has open parts' FROM further f JOIN answer w ON w.set_id = f.set_id
), both_of AS (
    SELECT * FROM first UNION ALL SELECT * FROM beside
), answered AS (
    SELECT a.message_id, 5, 'it answers what is open' FROM (SELECT DISTINCT id FROM both_of) b
        JOIN interchange i ON i.message_id = b.id JOIN acknowledgement a ON a.interchange_id = i.id
)
SELECT e.id, (array_agg(e.why ORDER BY e.rank))[1] FROM (SELECT * FROM both_of UNION ALL SELECT * FROM answered) e (id, rank, why)
WHERE e.id < before GROUP BY e.id
$$;
